using System.Text.Json.Serialization;

namespace SpendTracker.Contracts;

/// <summary>Why one month cost another amount than an earlier one. The steps of a month add up to the whole difference.</summary>
[JsonConverter(typeof(NamedEnumConverter<ChangeStep>))]
public enum ChangeStep
{
    /// <summary>More or fewer days: a month that runs is compared by the days that have passed.</summary>
    [JsonStringEnumMemberName("days")] Days,

    /// <summary>More or fewer requests a day.</summary>
    [JsonStringEnumMemberName("volume")] Volume,

    /// <summary>More or fewer tokens a request.</summary>
    [JsonStringEnumMemberName("request-size")] RequestSize,

    /// <summary>A unit costs another amount: rates, discounts and exchange rates.</summary>
    [JsonStringEnumMemberName("price")] Price,

    /// <summary>Usage moved between models, approaches and meters of another price.</summary>
    [JsonStringEnumMemberName("mix")] Mix,

    /// <summary>Workloads that used nothing in the earlier month.</summary>
    [JsonStringEnumMemberName("new-workloads")] NewWorkloads,

    /// <summary>Workloads that used nothing in the later month.</summary>
    [JsonStringEnumMemberName("ended-workloads")] EndedWorkloads,

    /// <summary>Hours of hosted models.</summary>
    [JsonStringEnumMemberName("hosting")] Hosting,

    /// <summary>Training runs.</summary>
    [JsonStringEnumMemberName("training")] Training,

    /// <summary>Preparation of datasets.</summary>
    [JsonStringEnumMemberName("dataset-preparation")] DatasetPreparation,

    /// <summary>People's hours.</summary>
    [JsonStringEnumMemberName("labour")] Labour,

    /// <summary>Gateways, vector stores, monitoring and the like.</summary>
    [JsonStringEnumMemberName("infrastructure")] Infrastructure,

    /// <summary>Anything else, taxes and credits included.</summary>
    [JsonStringEnumMemberName("other")] Other,

    /// <summary>Corrections of closed months, which are booked in the first open one.</summary>
    [JsonStringEnumMemberName("corrections")] Corrections,
}
