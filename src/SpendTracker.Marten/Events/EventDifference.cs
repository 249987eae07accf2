using System.Text.Json;
using SpendTracker.Contracts;

namespace SpendTracker.Events;

/// <summary>Where two versions of one event's content differ.</summary>
internal static class EventDifference
{
    /// <summary>As much of a value as an answer repeats: a training run has lists of 1,000 losses.</summary>
    private const int ValueLength = 200;

    /// <summary>
    /// The top-level fields that differ; numbers are compared by value. The stored content is first read and written by
    /// today's type, so that a member which got a default since does not make an old record look different.
    /// </summary>
    public static List<FieldReason> Between(EventType type, byte[] stored, byte[] sent)
    {
        using var storedJson = JsonDocument.Parse(Normalised(type, stored));
        using var sentJson = JsonDocument.Parse(sent);
        var left = storedJson.RootElement;
        var right = sentJson.RootElement;
        var fields = left.EnumerateObject().Select(p => p.Name).Union(right.EnumerateObject().Select(p => p.Name));

        List<FieldReason> difference = [];
        foreach (var field in fields)
        {
            var inStored = left.TryGetProperty(field, out var a);
            var inSent = right.TryGetProperty(field, out var b);
            if (inStored != inSent || !JsonElement.DeepEquals(a, b))
            {
                difference.Add(new FieldReason(field, $"Stored as {(inStored ? Short(a) : "nothing")}, sent as {(inSent ? Short(b) : "nothing")}."));
            }
        }

        return difference;
    }

    /// <summary>The workload of a stored event; null if it has none, as corrections do.</summary>
    public static string? WorkloadOf(byte[] stored)
    {
        using var json = JsonDocument.Parse(stored);
        return json.RootElement.TryGetProperty("workload", out var workload) && workload.ValueKind == JsonValueKind.String ? workload.GetString() : null;
    }

    private static string Short(JsonElement value) => value.GetRawText() is { Length: > ValueLength } text ? text[..ValueLength] + "…" : value.GetRawText();

    private static byte[] Normalised(EventType type, byte[] stored)
    {
        try
        {
            return type.Write(type.Read(stored));
        }
        catch (JsonException)
        {
            return stored; // Written by a program of another version: compared as it stands.
        }
    }
}
