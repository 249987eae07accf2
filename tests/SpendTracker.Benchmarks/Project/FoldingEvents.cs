using System.Globalization;
using SpendTracker.Contracts;
using SpendTracker.Events;
using SpendTracker.Usage;

namespace SpendTracker.Benchmarks.Project;

/// <summary>Token usage of which so many events fall on one workload, day and variant, mixed as they would come in.</summary>
internal sealed class FoldingEvents(int count, int eventsAKey)
{
    /// <summary>Within how many events the same keys come again; fewer than a page has, so that a page folds them.</summary>
    private const int Block = 6_000;

    private const int Workloads = 200;

    private static readonly DateTimeOffset Start = new(DateTime.UtcNow.Date.AddDays(-360), TimeSpan.Zero);

    private readonly int _keysABlock = Block / eventsAKey;

    private IEnumerable<string> Streams => Enumerable.Range(0, count).Select(i => UsageStream.Of(Usage(i), TimeZoneInfo.Utc)).Distinct();

    /// <summary>In all, input and output.</summary>
    public decimal Tokens => Enumerable.Range(0, count).Select(Usage).Sum(usage => (decimal)usage.InputTokens + usage.OutputTokens);

    private IEnumerable<EventToAppend> All() => Enumerable.Range(0, count).Select(i => UsageEvents.ToAppend(Usage(i)));

    /// <summary>Puts all of them in by raw COPY.</summary>
    /// <returns>Rows a second, the median of its parts.</returns>
    public async Task<double> FillAsync(BenchmarkServer server, SpendDatabase database, CancellationToken cancellationToken)
    {
        await using var copy = await RawCopy.OpenAsync(server, database, Streams, cancellationToken);

        // In parts, so that not all events are in memory at once; only copying is timed.
        Series rates = new();
        foreach (var part in All().Chunk(50_000))
        {
            rates.Add((await copy.CopyAsync(part, cancellationToken)).Rate);
        }

        await copy.FinishAsync(cancellationToken);
        return rates.Median;
    }

    private TokenUsageRecorded Usage(int i)
    {
        // Each combination of workload, day and variant belongs to one block.
        var key = (i / Block * _keysABlock) + (i % _keysABlock);
        return new(
            string.Create(CultureInfo.InvariantCulture, $"support-chat-{key % Workloads:000}"), Approach.PromptEngineering, "openai", "gpt-4o",
            InputTokens: 200 + (i % 1_800), OutputTokens: 50 + (i % 400), Start.AddDays(key / Workloads % 350),
            Variant: string.Create(CultureInfo.InvariantCulture, $"few-shot/v{key / Workloads / 350}"));
    }
}
