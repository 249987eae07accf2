using SpendTracker.Access;
using SpendTracker.Contracts;
using SpendTracker.Events;
using SpendTracker.Log;

namespace SpendTracker.Benchmarks.Soak;

/// <summary>
/// Plays random calls and disturbances on one database, beside a model of what must be in it. Everything that is chosen is
/// chosen by the seed, before it runs; what runs at once interleaves as it likes.
/// </summary>
internal sealed class SoakRun(BenchmarkServer server, SoakOptions options)
{
    private const int Callers = 9;
    private static readonly TimeSpan BurstLimit = TimeSpan.FromSeconds(90);

    private enum Rough { None, Restart, Terminate, KillBackend, KillServer, KillHost }

    private readonly Random _random = new(options.Seed);
    private readonly SoakModel _model = new();
    private readonly List<StoreHost> _stores = [];
    private readonly List<ProcessHost> _processes = [];
    private string _connectionString = "";
    private SoakCalls _calls = null!;
    private SoakDisturbances _disturbances = null!;
    private bool _wasRough;
    private int _callsMade;
    private int _hostKills;

    /// <exception cref="InvariantBrokenException">With the seed, and what was going on.</exception>
    public async Task<SoakResult> RunAsync(Action<string> progress, CancellationToken cancellationToken)
    {
        var doing = "starting";
        try
        {
            await StartAsync(cancellationToken);
            var rough = Plan();
            for (var burst = 0; burst < options.Bursts; burst++)
            {
                await BurstAsync(rough[burst], $"burst {burst}", text => doing = text, cancellationToken).WaitAsync(BurstLimit, cancellationToken);
                if ((burst + 1) % Math.Max(1, options.Bursts / 5) == 0)
                {
                    doing = $"checking after burst {burst}";
                    await CheckAsync(cancellationToken).WaitAsync(BurstLimit, cancellationToken);
                    progress($"seed {options.Seed}, burst {burst + 1} of {options.Bursts}: {Result()}");
                }
            }

            return Result();
        }
        catch (Exception fault) when (fault is not OperationCanceledException)
        {
            throw new InvariantBrokenException($"Seed {options.Seed}, {doing}: {(fault is InvariantBrokenException ? fault.Message : fault)}", fault);
        }
        finally
        {
            await StopAsync();
        }
    }

    private SoakResult Result() => new(_callsMade, _model.Acknowledged, _disturbances.ServerKills, _disturbances.BackendKills, _hostKills);

    private async Task StartAsync(CancellationToken cancellationToken)
    {
        _connectionString = await server.CreateEmptyAsync(cancellationToken) + ";Timeout=5";
        foreach (var withDaemon in (bool[])[true, false])
        {
            var events = new EventStoreOptions
            {
                Writers = _random.Next(1, 4), BatchEvents = _random.Next(20, 200), PageEvents = _random.Next(50, 500),
                GapGrace = TimeSpan.FromMilliseconds(_random.Next(0, 100)), PollInterval = TimeSpan.FromMilliseconds(50),
            };
            _stores.Add(await StoreHost.StartAsync(_connectionString, events, withDaemon, cancellationToken));
        }

        if (options.Hosts > 0)
        {
            var key = await _stores[0].Database.Get<ApiKeys>().IssueAsync("soak", [Scope.Record], [], anySource: false, new Recorder("soak"), cancellationToken);
            _processes.AddRange(await Task.WhenAll(Enumerable.Range(0, options.Hosts).Select(_ => ProcessHost.StartAsync(_connectionString, key, cancellationToken))));
        }

        _calls = new SoakCalls(_random);
        _disturbances = new SoakDisturbances(server, _connectionString, _model, _calls, _stores, _random);
    }

    private async Task StopAsync()
    {
        foreach (var host in _processes.Concat<SoakHost>(_stores))
        {
            await host.DisposeAsync();
        }

        await _disturbances.DisposeAsync();
        await server.DropAsync(_connectionString);
    }

    /// <summary>Which bursts are rough, and how: as often as was asked for, at random places.</summary>
    private Rough[] Plan()
    {
        var plan = new Rough[options.Bursts];
        (Rough Kind, int Count)[] wanted =
        [
            (Rough.Restart, options.Restarts), (Rough.Terminate, options.Terminations), (Rough.KillBackend, options.BackendKills),
            (Rough.KillServer, options.ServerKills), (Rough.KillHost, options.HostKills),
        ];
        wanted.SelectMany(kind => Enumerable.Repeat(kind.Kind, kind.Count)).ToArray().CopyTo(plan, 0);
        _random.Shuffle(plan);
        return plan;
    }

    private async Task BurstAsync(Rough rough, string name, Action<string> doing, CancellationToken cancellationToken)
    {
        // Where something is to be hit in the middle, there must be a middle.
        var length = rough == Rough.None ? 2 : 15;
        SoakHost[] hosts = [.. _stores, .. _processes];
        var calls = Enumerable.Range(0, rough == Rough.None ? _random.Next(1, Callers + 1) : Callers)
            .Select(caller => Enumerable.Range(0, _random.Next(1, length + 1)).Select(_ => _calls.Next(caller, hosts[_random.Next(hosts.Length)])).ToArray())
            .ToArray();
        var burst = new SoakBurst(_model, calls, _disturbances.DatabaseUp, mayFail: rough != Rough.None || _wasRough);
        var gentle = Enumerable.Range(0, _random.Next(3)).Select(_ => (Gentle: _disturbances.Gentle(), After: _random.Next(burst.Calls))).ToList();
        if (gentle.Count == 2 && gentle[0].Gentle.Name == gentle[1].Gentle.Name)
        {
            gentle.RemoveAt(1);
        }

        var disturb = RoughTask(rough);
        var middle = _random.Next(burst.Calls);
        doing($"{name} ({rough}, {string.Join(", ", gentle.Select(one => one.Gentle.Name))})");
        await Task.WhenAll([
            burst.RunAsync(cancellationToken),
            DoAsync(burst.AfterAsync(middle), disturb, cancellationToken),
            .. gentle.Select(one => DoGentlyAsync(burst.AfterAsync(one.After), one.Gentle.RunAsync, rough != Rough.None || _wasRough, cancellationToken))]);
        _callsMade += burst.Calls;
        _wasRough = rough != Rough.None;
        if (_wasRough)
        {
            ForgetCutConnections();
        }
    }

    private Func<CancellationToken, Task> RoughTask(Rough rough)
    {
        switch (rough)
        {
            case Rough.Terminate:
                return _disturbances.TerminateAsync;
            case Rough.KillBackend:
                return _disturbances.KillBackendAsync;
            case Rough.KillServer:
                return _disturbances.KillServerAsync;
            case Rough.KillHost:
                _hostKills++;
                return _processes[_random.Next(_processes.Count)].RestartAsync;
            case Rough.Restart:
                return _stores[_random.Next(_stores.Count)].RestartAsync;
            default:
                return _ => Task.CompletedTask;
        }
    }

    private static async Task DoAsync(Task when, Func<CancellationToken, Task> run, CancellationToken cancellationToken)
    {
        await when;
        await run(cancellationToken);
    }

    private static async Task DoGentlyAsync(Task when, Func<CancellationToken, Task> run, bool mayFail, CancellationToken cancellationToken)
    {
        try
        {
            await DoAsync(when, run, cancellationToken);
        }
        catch (Exception fault) when (mayFail && SoakHost.LeavesInDoubt(fault))
        {
        }
    }

    private async Task CheckAsync(CancellationToken cancellationToken)
    {
        await _disturbances.EndOthersAsync(cancellationToken);
        await SoakCheck.RunAsync(_stores[0].Database, _model, cancellationToken);
    }

    private void ForgetCutConnections()
    {
        foreach (var store in _stores)
        {
            store.Database.DataSource.Clear();
        }
    }
}
