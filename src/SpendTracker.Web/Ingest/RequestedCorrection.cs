using System.Runtime.InteropServices;
using System.Text.Json;
using System.Text.Json.Serialization;
using SpendTracker.Contracts;
using SpendTracker.Events;
using SpendTracker.Usage;
using EventId = SpendTracker.Events.EventId;

namespace SpendTracker.Web.Ingest;

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, RespectNullableAnnotations = true, RespectRequiredConstructorParameters = true,
    UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow, AllowDuplicateProperties = false)]
[JsonSerializable(typeof(CorrectionRequest))]
internal sealed partial class CorrectionJson : JsonSerializerContext;

/// <summary>A correction as it was sent, over HTTP or to a command, and whose form is right.</summary>
/// <param name="Corrects">The id in the log of the event that was wrong.</param>
internal sealed record RequestedCorrection(Guid Corrects, string Reason, Replacement? Replacement)
{
    /// <summary>Why it is not stored although nothing is wrong with it.</summary>
    public const string Conflict = "The event has another correction, or the replacement's id is taken. Nothing was stored.";

    /// <param name="defaultSource">Whose numbering ids are of that come without a source.</param>
    /// <returns>Null where something is wrong, with the reasons.</returns>
    public static (RequestedCorrection? Correction, IReadOnlyList<FieldReason> Reasons) Read(CorrectionRequest request, string defaultSource, DateTimeOffset now)
    {
        var (replacement, reasons) = ReplacementOf(request, defaultSource, now);
        reasons.Add(CheckName(request.Corrects));
        return reasons.Count > 0 ? (null, reasons) : (new RequestedCorrection(
            request.Corrects.EventId ?? EventId.From(Tenant.Default, request.Corrects.Source ?? defaultSource, request.Corrects.Id!), request.Reason, replacement), []);
    }

    private static (Replacement? Replacement, FieldReasons Reasons) ReplacementOf(CorrectionRequest correction, string defaultSource, DateTimeOffset now)
    {
        var reasons = new FieldReasons();
        if (correction.Replacement is not { } json)
        {
            return (null, reasons);
        }

        if (json.ValueKind != JsonValueKind.Object)
        {
            reasons.Add("replacement", "Must be one event.");
            return (null, reasons);
        }

        var item = UsageRequest.Read(JsonMarshal.GetRawUtf8Value(json), lines: false, now)[0];
        reasons.Add(item.Reasons, within: "replacement.");
        return (item.Usage is { } usage ? new Replacement(usage, item.Source ?? defaultSource, item.Id) : null, reasons);
    }

    private static FieldReasons CheckName(EventName name)
    {
        var check = new FieldCheck();
        check.That("corrects", name.EventId is null != name.Id is null, "Give either eventId or id.");
        check.That("corrects.source", name.Source is null || name.Id is not null, "Goes with id only.");
        if (name.Id is { } id)
        {
            check.Text("corrects.id", id, TextLength.Id);
        }

        if (name.Source is { } source)
        {
            check.Text("corrects.source", source, TextLength.Source);
        }

        return check.Reasons;
    }
}
