namespace SpendTracker.LocalPostgres;

/// <summary>Looks every second whether a server still runs. If it was started here and was killed, it is started again.</summary>
internal sealed class ServerWatch : IAsyncDisposable
{
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);

    private readonly CancellationTokenSource _leaving = new();
    private readonly ServerHome _home;
    private readonly LocalServerOptions _options;
    private readonly bool _startedHere;
    private readonly int _port;
    private readonly Task _watching;
    private volatile Postmaster _postmaster;
    private volatile string? _fault;

    public ServerWatch(ServerHome home, Postmaster postmaster, bool startedHere, LocalServerOptions options)
    {
        _home = home;
        _postmaster = postmaster;
        _port = postmaster.Port;
        _startedHere = startedHere;
        _options = options;
        _watching = Task.Run(WatchAsync);
    }

    public int ProcessId => _postmaster.ProcessId;

    public string? Fault => _fault;

    public async ValueTask DisposeAsync()
    {
        if (_leaving.IsCancellationRequested)
        {
            return;
        }

        await _leaving.CancelAsync();
        await _watching;
        _leaving.Dispose();
    }

    private async Task WatchAsync()
    {
        using var timer = new PeriodicTimer(Pause);
        try
        {
            while (await timer.WaitForNextTickAsync(_leaving.Token))
            {
                await LookAsync();
            }
        }
        catch (OperationCanceledException) when (_leaving.IsCancellationRequested)
        {
            // The server is about to be stopped.
        }
    }

    private async Task LookAsync()
    {
        try
        {
            if (_home.Running() is { } running)
            {
                _fault = running.Port == _port ? null : $"The PostgreSQL server of {_home.Place.Folder} runs on another port now. Start this program again.";
            }
            else if (!_startedHere)
            {
                _fault = _home.OwnerRuns() ? null : "The PostgreSQL server ended with the program that had started it. Start this program again.";
            }
            else
            {
                await StartAgainAsync();
            }
        }
        catch (Exception fault) when (fault is LocalPostgresException or IOException or UnauthorizedAccessException)
        {
            Notice(fault.Message);
        }
    }

    private async Task StartAgainAsync()
    {
        if (_fault is null)
        {
            _options.Noticed?.Invoke("The PostgreSQL server is gone. It is started again.");
        }

        if (await _home.StartAgainAsync(_port, _options, _leaving.Token) is { } postmaster)
        {
            _postmaster = postmaster;
            _fault = null;
            _options.Noticed?.Invoke("The PostgreSQL server runs again.");
        }
        else if (_home.Running() is null)
        {
            Notice("The PostgreSQL server was stopped by another program. Start this program again.");
        }
    }

    /// <summary>Tells a fault once, however often it comes.</summary>
    private void Notice(string fault)
    {
        if (_fault != fault)
        {
            _fault = fault;
            _options.Noticed?.Invoke(fault);
        }
    }
}
