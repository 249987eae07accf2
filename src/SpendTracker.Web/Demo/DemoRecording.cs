using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json.Serialization.Metadata;
using SpendTracker.Contracts;
using SpendTracker.Events;
using SpendTracker.Log;

namespace SpendTracker.Web.Demo;

/// <summary>The demo year could not be recorded; the message says what the host answered.</summary>
internal sealed class DemoRecordingException(string message) : Exception(message);

/// <summary>
/// Records a demo year by the API that everybody uses, day by day, with the host's clock at the end of each. What it has
/// recorded is told from the log: the first estimate is submitted before all usage and names the first month; the last one is
/// submitted when all usage is there.
/// </summary>
/// <param name="clock">The host's.</param>
internal sealed class DemoRecording(HttpClient http, DemoBooks books, DemoClock clock)
{
    private const int EventsARequest = 500;

    private readonly EventStore _store = books.Store;

    /// <summary>How many events were appended; null where nothing had to be sent, because the year was recorded today already.</summary>
    /// <param name="progress">Takes how many events of how many have been answered.</param>
    /// <exception cref="DemoRecordingException">The host refused something.</exception>
    public async Task<int?> RunAsync(Action<int, int> progress, CancellationToken cancellationToken)
    {
        try
        {
            return await PlayAsync(progress, cancellationToken);
        }
        finally
        {
            clock.GoLive();
        }
    }

    private async Task<int?> PlayAsync(Action<int, int> progress, CancellationToken cancellationToken)
    {
        var now = clock.Real;
        var today = DateOnly.FromDateTime(now.UtcDateTime);
        var year = await BegunAsync(_store, cancellationToken) ?? DemoYear.Until(today);
        var recorded = await FindAsync(year.Estimates[^1], cancellationToken);
        var recordedOn = recorded is null ? DateOnly.MinValue : DateOnly.FromDateTime(recorded.RecordedAt.UtcDateTime);
        if (recordedOn == today)
        {
            return null;
        }

        if (recorded is null)
        {
            clock.Play(year.Opening);
            await PublishAsync(year, cancellationToken);
        }

        // Of the day when the year was recorded, and of the evening before, some may have been missing still.
        var days = year.Days(recorded is null ? DateOnly.MinValue : recordedOn.AddDays(-1), now).ToArray();
        var appended = await SendAsync(year, days, now, progress, cancellationToken);
        if (recorded is null)
        {
            await PostAsync("estimates", year.Estimates[^1], ContractsJson.Default.EstimateSubmitted, cancellationToken);
        }

        return appended;
    }

    /// <summary>The year that was begun in a database before; null where none was.</summary>
    public static async Task<DemoYear?> BegunAsync(EventStore store, CancellationToken cancellationToken)
    {
        var history = await store.ReadStreamAsync($"estimate/{AuroraProject.Helpdesk}", cancellationToken);
        return history is [{ Data: EstimateSubmitted estimate }, ..] && BillingPeriod.TryParse(estimate.From, out var first) ? new DemoYear(first) : null;
    }

    private async Task<StoredEvent?> FindAsync(EstimateSubmitted wanted, CancellationToken cancellationToken) =>
        (await _store.ReadStreamAsync($"estimate/{wanted.Workload}", cancellationToken))
            .FirstOrDefault(stored => stored.Data is EstimateSubmitted estimate && estimate.Approach == wanted.Approach && estimate.From == wanted.From);

    /// <summary>Workloads, rates and estimates, each once, however often the recording is interrupted.</summary>
    private async Task PublishAsync(DemoYear year, CancellationToken cancellationToken)
    {
        foreach (var estimate in year.Estimates.SkipLast(1))
        {
            if (await FindAsync(estimate, cancellationToken) is null)
            {
                await PostAsync("estimates", estimate, ContractsJson.Default.EstimateSubmitted, cancellationToken);
            }
        }

        foreach (var rate in year.Rates)
        {
            var history = await _store.ReadStreamAsync($"rate/{rate.Sku}", cancellationToken);
            if (!history.Any(stored => stored.Data is RatePublished published && published.EffectiveFrom == rate.EffectiveFrom))
            {
                await PostAsync("rates", rate, ContractsJson.Default.RatePublished, cancellationToken);
            }
        }

        foreach (var workload in DemoYear.Workloads)
        {
            await PostAsync("workloads", workload, ContractsJson.Default.WorkloadRegistered, cancellationToken);
        }
    }

    /// <summary>What people do in the morning of each day, then what was used on it, in the last minute of the day; today's, now.</summary>
    private async Task<int> SendAsync(
        DemoYear year, (DateOnly Date, DemoEvent[] Events)[] days, DateTimeOffset now, Action<int, int> progress, CancellationToken cancellationToken)
    {
        var (appended, answered, all) = (0, 0, days.Sum(day => day.Events.Length));
        var acts = year.Acts.ToLookup(act => act.On);
        foreach (var (date, events) in days)
        {
            foreach (var act in acts[date])
            {
                PlayUntil(date, new TimeOnly(9, 0), now);
                await act.DoAsync(books, cancellationToken);
            }

            PlayUntil(date, new TimeOnly(23, 59), now);
            foreach (var chunk in events.Chunk(EventsARequest))
            {
                appended += await SendAsync(chunk, cancellationToken);
                answered += chunk.Length;
                progress(answered, all);
            }
        }

        clock.GoLive();
        return appended;
    }

    private void PlayUntil(DateOnly date, TimeOnly time, DateTimeOffset now)
    {
        var instant = new DateTimeOffset(date, time, TimeSpan.Zero);
        if (instant < now)
        {
            clock.Play(instant);
        }
        else
        {
            clock.GoLive();
        }
    }

    /// <summary>One request; every event of it must be in the log afterwards.</summary>
    private async Task<int> SendAsync(DemoEvent[] events, CancellationToken cancellationToken)
    {
        using var content = new ByteArrayContent([.. events.SelectMany(e => e.ToLine())]);
        content.Headers.ContentType = new MediaTypeHeaderValue("application/x-ndjson");
        using var response = await http.PostAsync("api/v1/usage", content, cancellationToken);
        await CheckAsync("usage", response, cancellationToken);
        var answer = (await response.Content.ReadFromJsonAsync(ContractsJson.Default.UsageResponse, cancellationToken))!;
        if (answer.Results.FirstOrDefault(result => result.Status is not (AppendStatus.Appended or AppendStatus.Duplicate)) is { } wrong)
        {
            var reason = wrong.Reasons is [var first, ..] ? $" {first.Field}: {first.Reason}" : "";
            throw new DemoRecordingException($"The demo's event {wrong.Id} was not recorded ({EnumName.Of(wrong.Status)}).{reason} 'demo --reset' starts over.");
        }

        return answer.Appended;
    }

    private async Task PostAsync<T>(string path, T body, JsonTypeInfo<T> json, CancellationToken cancellationToken)
    {
        using var content = JsonContent.Create(body, json);
        using var response = await http.PostAsync($"api/v1/{path}", content, cancellationToken);
        await CheckAsync(path, response, cancellationToken);
    }

    private static async Task CheckAsync(string path, HttpResponseMessage response, CancellationToken cancellationToken)
    {
        if (!response.IsSuccessStatusCode)
        {
            throw new DemoRecordingException(
                $"The host answered {(int)response.StatusCode} to the demo's {path}: {await response.Content.ReadAsStringAsync(cancellationToken)}");
        }
    }
}
