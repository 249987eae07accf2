using System.Diagnostics;
using System.Globalization;
using System.Net;
using Npgsql;
using SpendTracker.Benchmarks;

namespace SpendTracker.Tests.Faults;

/// <summary>The database stands still while many callers send as much as they may.</summary>
public sealed class BackPressureTests
{
    private const int Requests = 200;

    private static readonly Uri Usage = new("/api/v1/usage", UriKind.Relative);
    private static readonly TimeSpan LongestAnswer = TimeSpan.FromSeconds(60); // Most of it to send half a gigabyte on a busy machine.

    /// <summary>The target is 300 MiB; a debug build keeps for longer what it no longer needs. What is sent is half a gigabyte.</summary>
    private const long MostMemoryAllowed = 400L * 1024 * 1024;

    private sealed record Answer(HttpStatusCode Status, string? RetryAfter, TimeSpan Waited);

    [Fact]
    public async Task While_the_database_stands_still_callers_are_turned_away_in_bounded_memory_and_time_and_their_retries_settle_it()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "The memory of a process is read from /proc.");
        await using var database = await TestDatabase.CreateAsync();
        await using var host = await HostProcess.StartAsync(database, []);
        await using var holding = await database.DataSource.OpenConnectionAsync(TestContext.Current.CancellationToken);
        await using var standstill = await holding.BeginTransactionAsync(TestContext.Current.CancellationToken);
        await using (var command = new NpgsqlCommand("lock table spend.mt_streams in access exclusive mode", holding))
        {
            await command.ExecuteNonQueryAsync(TestContext.Current.CancellationToken);
        }

        // One hangs up while its events wait for the table.
        using var hangUp = new CancellationTokenSource();
        var hungUp = PostAsync(host, Request(0), hangUp.Token);
        await Eventually.Async(() => database.ScalarAsync<bool>(
            "select exists (select from pg_locks where relation = 'spend.mt_streams'::regclass and not granted)"));
        await hangUp.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => hungUp);

        var answers = await Task.WhenAll(Enumerable.Range(1, Requests).Select(n => PostAsync(host, Request(n), TestContext.Current.CancellationToken)));
        var memory = ProcessMemory.Peak(host.ProcessId);
        await standstill.RollbackAsync(TestContext.Current.CancellationToken);

        Assert.All(answers, answer => Assert.Equal((HttpStatusCode.ServiceUnavailable, "1"), (answer.Status, answer.RetryAfter)));
        Assert.InRange(answers.Max(answer => answer.Waited), TimeSpan.Zero, LongestAnswer);
        Assert.InRange(memory, 0, MostMemoryAllowed);
        TestContext.Current.TestOutputHelper?.WriteLine(string.Create(
            CultureInfo.InvariantCulture, $"{Requests * Request(0).Length >> 20} MiB sent, {memory >> 20} MiB at most in memory, {answers.Max(answer => answer.Waited).TotalSeconds:0.0} s at most"));

        List<string> acknowledged = [];
        for (var n = 0; n < 10; n++)
        {
            var request = Request(n);
            await Eventually.Async(async () => (await PostAsync(host, Request(n), TestContext.Current.CancellationToken)).Status == HttpStatusCode.OK);
            acknowledged.AddRange(request.Ids);
        }

        await Once.ProjectedAsync(database, (await Once.StoredAsync(database, acknowledged)).Count);
    }

    /// <summary>Every other one does not say its length beforehand.</summary>
    private static LargeRequest Request(int number) => new(number, chunked: number % 2 == 1);

    private static async Task<Answer> PostAsync(HostProcess host, LargeRequest request, CancellationToken cancellationToken)
    {
        var asked = Stopwatch.GetTimestamp();
        using (request)
        {
            using var response = await host.Client.PostAsync(Usage, request, cancellationToken);
            return new Answer(response.StatusCode, response.Headers.RetryAfter?.ToString(), Stopwatch.GetElapsedTime(asked));
        }
    }
}
