using System.Text.Json;
using System.Text.Json.Serialization;
using SpendTracker.Contracts;

namespace SpendTracker.Rates;

/// <summary>
/// Rates to start with: list prices of common models and the figures of two guides of 2025, each with source and date. They
/// are a starting point to check and supersede, not a promise. In the data file beside this one.
/// </summary>
public static class StartingRates
{
    public static IReadOnlyList<RatePublished> All { get; } = Load();

    private static List<RatePublished> Load()
    {
        using var file = typeof(StartingRates).Assembly.GetManifestResourceStream("starting-rates.json")!;
        return JsonSerializer.Deserialize(file, StartingRatesJson.Default.ListRatePublished)!;
    }
}

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, RespectNullableAnnotations = true, RespectRequiredConstructorParameters = true,
    UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow)]
[JsonSerializable(typeof(List<RatePublished>))]
internal sealed partial class StartingRatesJson : JsonSerializerContext;
