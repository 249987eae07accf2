using System.Globalization;
using SpendTracker.Contracts;

namespace SpendTracker.Web.Demo;

/// <summary>Work on a dataset on a day of the year: hours of a role, items, or an amount in US dollars.</summary>
internal sealed record Preparation(int Day, DatasetActivity Activity, decimal? Hours = null, string? Role = null, decimal? Items = null, decimal? Amount = null);

/// <summary>What a fine-tuned model costs besides its tokens: set-up, dataset, training runs, hosting and upkeep.</summary>
/// <param name="Model">The base model that is trained further.</param>
internal sealed record FineTuning(string Workload, string Provider, string Model)
{
    public const string HostingSku = "azure/gpt-35-turbo-fine-tuned";

    private const int HoursABlock = 6;

    /// <summary>Set-up labour from this day until hosting begins, so many hours a weekday.</summary>
    public required int SetUpFrom { get; init; }

    public required decimal SetUpHours { get; init; }

    public required IReadOnlyList<int> RunDays { get; init; }

    public long? TrainedTokens { get; init; }

    public int Epochs { get; init; } = 1;

    public decimal? GpuHours { get; init; }

    public string? Sku { get; init; }

    public required int HostedFrom { get; init; }

    /// <summary>Instances that are hosted; 0 where the provider hosts and charges only tokens.</summary>
    public required int Units { get; init; }

    /// <summary>Share of a weekday's hours with requests.</summary>
    public double Busy { get; init; }

    /// <summary>A week, once it is in use.</summary>
    public required decimal MaintenanceHours { get; init; }

    public required IReadOnlyList<DemoVariant> Versions { get; init; }

    public required string Dataset { get; init; }

    public required IReadOnlyList<Preparation> Preparation { get; init; }

    /// <summary>The day's events.</summary>
    public IEnumerable<DemoEvent> On(DemoDay day) => [.. Prepared(day), .. Worked(day), .. Trained(day), .. Hosted(day)];

    private string Id(string what, DemoDay day) => string.Create(CultureInfo.InvariantCulture, $"{Workload}:{what}:{day.Date:yyyy-MM-dd}");

    private IEnumerable<DemoEvent> Prepared(DemoDay day) => Preparation.Where(work => work.Day == day.Index).Select(work => new DemoEvent(
        Id($"dataset-{EnumName.Of(work.Activity)}", day),
        new DatasetPrepRecorded(
            Workload, Dataset, work.Activity, day.At(15), Approach.FineTuning, work.Hours, work.Role, work.Items, work.Amount, work.Amount is null ? null : "USD")));

    private IEnumerable<DemoEvent> Worked(DemoDay day)
    {
        if (!day.IsWeekend && SetUpHours > 0 && day.Index >= SetUpFrom && day.Index < HostedFrom)
        {
            yield return new DemoEvent(Id("set-up", day), new LabourRecorded(Workload, Approach.FineTuning, "engineer", SetUpHours, LabourActivity.Integration, day.At(16)));
        }

        if (day.Date.DayOfWeek == DayOfWeek.Thursday && day.Index >= HostedFrom)
        {
            yield return new DemoEvent(Id("upkeep", day), new LabourRecorded(Workload, Approach.FineTuning, "engineer", MaintenanceHours, LabourActivity.Maintenance, day.At(14)));
        }
    }

    private IEnumerable<DemoEvent> Trained(DemoDay day)
    {
        if (!RunDays.Contains(day.Index))
        {
            yield break;
        }

        var random = new SplitMix64($"{Workload}:training", day.Index);
        var factor = (decimal)Math.Round(random.Around(0.3), 3);
        var epochs = Enumerable.Range(1, Math.Max(3, Epochs)).Select(epoch => (0.35 + 1.1 / epoch) * random.Around(0.05)).ToArray();
        decimal[] Losses(double above) => Array.ConvertAll(epochs, loss => (decimal)Math.Round(loss * above, 4));
        yield return new DemoEvent(Id("training", day), new TrainingRunRecorded(
            Workload, Provider, Model, string.Create(CultureInfo.InvariantCulture, $"ftjob-{day.Date:yyMMdd}"), day.At(18.5), Approach.FineTuning,
            TrainedTokens is { } tokens ? (long)(tokens * factor) : null, Epochs, GpuHours is { } hours ? Math.Round(hours * factor, 2) : null, Sku,
            Losses(1), Losses(1.12), StoppedEarly: random.Fraction() < 0.25));
    }

    /// <summary>Blocks of six hours, so that a day that is not over yet has its hosting too.</summary>
    private IEnumerable<DemoEvent> Hosted(DemoDay day)
    {
        if (Units == 0 || day.Index < HostedFrom)
        {
            yield break;
        }

        var random = new SplitMix64($"{Workload}:hosting", day.Index);
        for (var hour = 0; hour < 24; hour += HoursABlock)
        {
            var daytime = hour is 6 or 12 ? 1.5 : 0.5;
            var busy = Math.Round(Busy * daytime * (day.IsWeekend ? 0.3 : 1) * random.Around(0.2), 3);
            yield return new DemoEvent(Id(string.Create(CultureInfo.InvariantCulture, $"hosting-{hour:00}"), day), new HostingHoursRecorded(
                Workload, Approach.FineTuning, HostingSku, HoursABlock, day.At(hour), day.At(hour + HoursABlock), Units, (decimal)Math.Clamp(busy, 0, 1),
                Versions.LastOrDefault(version => version.FromDay <= day.Index)?.Name));
        }
    }
}
