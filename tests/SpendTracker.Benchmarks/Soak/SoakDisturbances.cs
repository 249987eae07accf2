using System.Diagnostics;
using System.Globalization;
using Npgsql;
using SpendTracker.Contracts;
using SpendTracker.Costs;
using SpendTracker.Log;

namespace SpendTracker.Benchmarks.Soak;

/// <summary>What happens to a database while callers append to it.</summary>
internal sealed class SoakDisturbances(
    BenchmarkServer server, string connectionString, SoakModel model, SoakCalls calls, IReadOnlyList<StoreHost> stores, Random random) : IAsyncDisposable
{
    private readonly List<OvertakenWriter> _others = [];

    /// <summary>Closed while PostgreSQL is down.</summary>
    public Gate DatabaseUp { get; } = new();

    public int ServerKills { get; private set; }

    public int BackendKills { get; private set; }

    /// <summary>Something that hosts, operators and other programs do every day. All of its choices are made now, by the seed.</summary>
    public (string Name, Func<CancellationToken, Task> RunAsync) Gentle()
    {
        var store = stores[random.Next(stores.Count)];
        var projection = random.Next(3);
        switch (random.Next(32))
        {
            case < 10:
                return ("projects", token => ProjectAsync(store, projection, token));
            case < 18:
                return ("appends at a version", AppendAtVersion(store));
            case < 22 when _others.Count < 4:
                var workload = $"other-{calls.FreshKey()}";
                var events = Enumerable.Range(0, random.Next(1, 4)).Select(_ => calls.Fresh(workload)).ToArray();
                foreach (var (i, e) in events.Index())
                {
                    events[i] = e with { Usage = e.Usage with { Workload = workload, UsedAt = events[0].Usage.UsedAt } };
                }

                return ("another program begins", async token => Add(await OvertakenWriter.BeginAsync(connectionString, events, token)));
            case < 27 when _others.Count > 0:
                var (end, place) = (random.Next(4), random.Next(_others.Count));
                return ("another program ends", token => EndAsync(Take(place), end, token)); // Taken only then: not all that is chosen is run.
            case 27:
                return ("rebuilds", token => store.Database.CreateRebuild().RebuildAsync(store.Database.Projections()[projection], null, token));
            case 28:
                return ("verifies", token => VerifyAsync(store, projection, token));
            case 29:
                return ("a host opens", token => OpenAndCloseAsync(token));
            default:
                var month = BillingPeriod.Of(DateOnly.FromDateTime(DateTime.UtcNow));
                return ("costs are read", token => store.Database.Get<MonthlyCostQuery>().ByAsync(new CostFilter(month.Previous, month), [CostDimension.Find("team")!], token));
        }
    }

    /// <summary>Ends some connections of everybody's.</summary>
    public async Task TerminateAsync(CancellationToken cancellationToken) => await Sql.RunAsync(
        stores[0].Database.DataSource,
        string.Create(
            CultureInfo.InvariantCulture,
            $"select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid() and (pid + {random.Next(100)}) % 2 = 0"),
        cancellationToken);

    /// <summary>kill -9 of one backend: PostgreSQL ends all others, and recovers as after a crash.</summary>
    public async Task KillBackendAsync(CancellationToken cancellationToken)
    {
        DatabaseUp.Close();
        await using (var victim = new NpgsqlConnection(connectionString + ";Pooling=false"))
        {
            await victim.OpenAsync(cancellationToken);
            using var backend = Process.GetProcessById(victim.ProcessID);
            backend.Kill();
            await backend.WaitForExitAsync(cancellationToken);
        }

        BackendKills++;

        await using var probe = NpgsqlDataSource.Create(connectionString + ";Pooling=false");
        while (!await AnswersAsync(probe, cancellationToken))
        {
            await Task.Delay(TimeSpan.FromMilliseconds(20), cancellationToken); // It recovers; asking faster would slow it.
        }

        DatabaseUp.Open();
    }

    /// <summary>kill -9 of the postmaster, and a start on the same data.</summary>
    public async Task KillServerAsync(CancellationToken cancellationToken)
    {
        DatabaseUp.Close();
        await server.CrashAsync(cancellationToken);
        ServerKills++;
        DatabaseUp.Open();
    }

    /// <summary>Afterwards nobody holds numbers that others wait for.</summary>
    public async Task EndOthersAsync(CancellationToken cancellationToken)
    {
        while (_others.Count > 0)
        {
            await EndAsync(Take(0), random.Next(4), cancellationToken);
        }
    }

    public async ValueTask DisposeAsync()
    {
        while (_others.Count > 0)
        {
            await Take(0).DisposeAsync();
        }
    }

    private static async Task<bool> AnswersAsync(NpgsqlDataSource probe, CancellationToken cancellationToken)
    {
        try
        {
            await Sql.RunAsync(probe, "select 1", cancellationToken);
            return true;
        }
        catch (NpgsqlException)
        {
            return false;
        }
    }

    private static async Task ProjectAsync(StoreHost store, int projection, CancellationToken cancellationToken)
    {
        var database = store.Database;
        var mark = await database.HighWaterMark.AdvanceAsync(cancellationToken);
        await using var connection = await database.DataSource.OpenConnectionAsync(cancellationToken);
        await new ProjectionRun(connection, database.Projections()[projection], database.Options.Events).CatchUpAsync(mark, null, cancellationToken);
    }

    private static async Task VerifyAsync(StoreHost store, int projection, CancellationToken cancellationToken)
    {
        var differences = await store.Database.CreateRebuild().VerifyAsync(store.Database.Projections()[projection], null, cancellationToken);
        if (differences.Count > 0)
        {
            throw new InvariantBrokenException($"A replay differs: {string.Join(" ", differences)}");
        }
    }

    private async Task OpenAndCloseAsync(CancellationToken cancellationToken)
    {
        await using var host = await StoreHost.StartAsync(connectionString, new EventStoreOptions(), withDaemon: false, cancellationToken);
    }

    /// <summary>One to three who decide on one version of a low-volume stream at once, some of them on a wrong one.</summary>
    private Func<CancellationToken, Task> AppendAtVersion(StoreHost store)
    {
        var workload = $"s{random.Next(40)}";
        var off = random.Next(4) == 0 ? random.Next(-1, 3) : 0;
        var wanted = Enumerable.Range(0, random.Next(1, 4))
            .Select(_ => (Key: calls.FreshKey(), Content: new WorkloadChanged(workload, calls.FreshKey(), "team", (Approach)random.Next(3)))).ToArray();
        return async token =>
        {
            try
            {
                var expected = Math.Max(0, (await store.Database.Store.ReadStreamAsync($"workload/{workload}", token)).Count + off);
                await Task.WhenAll(wanted.Select(one => AppendAtVersionAsync(store.Database.Store, one.Key, one.Content, expected, token)));
            }
            catch (NpgsqlException fault) when (fault is not PostgresException { SqlState: not PostgresErrorCodes.AdminShutdown })
            {
                // A connection that was cut earlier. These callers do not try again: they would have to decide anew.
            }
        };
    }

    private async Task AppendAtVersionAsync(EventStore store, string key, WorkloadChanged content, long expected, CancellationToken cancellationToken)
    {
        model.Sending(key, content);
        if (await store.Streams.AppendAsync($"workload/{content.Workload}", expected, [content], SoakEvent.RecorderOf(key), cancellationToken))
        {
            model.Answered(key, content, AppendStatus.Appended, version: expected + 1);
        }
        else
        {
            model.Denied(key, content);
        }
    }

    /// <summary>Its connection may have been cut long ago; then it is as if it had aborted.</summary>
    private async Task EndAsync(OvertakenWriter other, int end, CancellationToken cancellationToken)
    {
        try
        {
            await (end switch { 0 => Task.CompletedTask, 1 => other.CommitNothingAsync(cancellationToken), _ => other.CommitAsync(model, cancellationToken) });
        }
        catch (NpgsqlException)
        {
        }
        finally
        {
            await other.DisposeAsync();
        }
    }

    private void Add(OvertakenWriter other)
    {
        lock (_others)
        {
            _others.Add(other);
        }
    }

    private OvertakenWriter Take(int index)
    {
        lock (_others)
        {
            var other = _others[index];
            _others.RemoveAt(index);
            return other;
        }
    }
}
