using System.ComponentModel.DataAnnotations;
using SpendTracker.Anomalies;

namespace SpendTracker.Web.Anomalies;

/// <summary>How this host looks for unusual days.</summary>
internal sealed record AnomalySettings : IValidatableObject
{
    private const int MostChannels = 10;

    /// <summary>Whether it looks. Of several hosts, one is enough; each may.</summary>
    public bool Watch { get; init; } = true;

    /// <summary>Ids of the channels that are told, with commas; null for none.</summary>
    public string? Channels { get; init; }

    public AnomalyOptions Options => new([.. (Channels ?? "").Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).Distinct()]);

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        foreach (var channel in Options.Channels)
        {
            var check = new FieldCheck();
            check.Id("channel", channel);
            if (check.Reasons.Count > 0)
            {
                yield return new($"SpendTracker:Anomalies:Channels has '{channel}', which is no channel's id: {check.Reasons[0].Reason}");
            }
        }

        if (Options.Channels.Count > MostChannels)
        {
            yield return new($"SpendTracker:Anomalies:Channels has {Options.Channels.Count} channels, more than {MostChannels}.");
        }
    }
}
