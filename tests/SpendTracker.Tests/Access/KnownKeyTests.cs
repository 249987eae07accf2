using System.Diagnostics.Metrics;
using System.Net;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;
using SpendTracker.Contracts;

namespace SpendTracker.Tests.Access;

public sealed class KnownKeyTests
{
    private const int Requests = 60;

    [Fact(Timeout = 60_000)]
    public async Task Requests_that_present_one_key_at_once_wait_for_one_look_up_which_takes_no_writers_connection()
    {
        await using var host = await TestHost.StartAsync();
        var key = await host.IssueKeyAsync([Scope.Read]);
        await using var connection = await host.Database.Spend.DataSource.OpenConnectionAsync(TestContext.Current.CancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(TestContext.Current.CancellationToken);
        await using (var alone = new NpgsqlCommand("lock table spend.mt_events in access exclusive mode", connection))
        {
            await alone.ExecuteNonQueryAsync(TestContext.Current.CancellationToken);
        }

        using var arrivals = new Arrivals(host.Services.GetRequiredService<IMeterFactory>());
        var answers = Enumerable.Range(0, Requests).Select(_ => AskAsync(host, key)).ToArray();
        await arrivals.UntilAsync(Requests);
        await using var later = host.Database.Spend.DataSource.CreateCommand("select from spend.mt_events limit 1");
        var last = later.ExecuteNonQueryAsync(TestContext.Current.CancellationToken);
        var waiting = await WaitingAsync(host.Database.Spend.DataSource);
        await transaction.RollbackAsync(TestContext.Current.CancellationToken);

        await last;
        Assert.DoesNotContain("append", Assert.Single(waiting), StringComparison.Ordinal);
        Assert.All(await Task.WhenAll(answers), status => Assert.Equal(HttpStatusCode.OK, status));
    }

    private static async Task<HttpStatusCode> AskAsync(TestHost host, string key)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "/api/v1/workloads") { Headers = { Authorization = new("Bearer", key) } };
        using var answer = await host.Client.SendAsync(request, TestContext.Current.CancellationToken);
        return answer.StatusCode;
    }

    /// <summary>The application names of the sessions that wait to read a stream; once who asked later waits, too.</summary>
    private static async Task<List<string>> WaitingAsync(NpgsqlDataSource dataSource)
    {
        List<(string Name, bool OfStream)> sessions = [];
        await Eventually.Async(async () =>
        {
            await using var command = dataSource.CreateCommand(
                """
                select application_name, query like '%order by stream_id, version' from pg_stat_activity
                where datname = current_database() and wait_event_type = 'Lock' and (query like '%order by stream_id, version' or query = 'select from spend.mt_events limit 1')
                """);
            await using var reader = await command.ExecuteReaderAsync(TestContext.Current.CancellationToken);
            sessions.Clear();
            while (await reader.ReadAsync(TestContext.Current.CancellationToken))
            {
                sessions.Add((reader.GetString(0), reader.GetBoolean(1)));
            }

            return sessions.Exists(session => session.OfStream) && sessions.Exists(session => !session.OfStream);
        });
        return [.. sessions.Where(session => session.OfStream).Select(session => session.Name)];
    }

    /// <summary>Counts the requests that a host has begun to work on.</summary>
    private sealed class Arrivals : IDisposable
    {
        private readonly MeterListener _listener = new();
        private long _count;

        public Arrivals(IMeterFactory ofHost)
        {
            _listener.InstrumentPublished = (instrument, listener) =>
            {
                if (instrument.Name == "http.server.active_requests" && instrument.Meter.Scope == ofHost)
                {
                    listener.EnableMeasurementEvents(instrument);
                }
            };
            _listener.SetMeasurementEventCallback<long>((_, measurement, _, _) => Interlocked.Add(ref _count, Math.Max(0, measurement)));
            _listener.Start();
        }

        public Task<TimeSpan> UntilAsync(int count) => Eventually.Async(() => Interlocked.Read(ref _count) >= count);

        public void Dispose() => _listener.Dispose();
    }
}
