using Npgsql;
using SpendTracker.Contracts;
using SpendTracker.Log;

namespace SpendTracker.Benchmarks.Soak;

/// <summary>Something that takes events and can be restarted under its callers' hands.</summary>
internal abstract class SoakHost : IAsyncDisposable
{
    /// <summary>Closed while it is not there.</summary>
    public Gate Up { get; } = new();

    /// <summary>What became of each event. A fault leaves the caller in doubt.</summary>
    public abstract Task<AppendStatus[]> AppendAsync(IReadOnlyList<SoakEvent> events, CancellationToken cancellationToken);

    /// <summary>What became of a correction and its replacement, together.</summary>
    public abstract Task<AppendStatus> CorrectAsync(SoakCorrection correction, CancellationToken cancellationToken);

    public async Task RestartAsync(CancellationToken cancellationToken)
    {
        Up.Close();
        await EndAsync();
        await BeginAsync(cancellationToken);
        Up.Open();
    }

    public abstract ValueTask DisposeAsync();

    /// <summary>Faults after which nobody knows what is stored.</summary>
    public static bool LeavesInDoubt(Exception fault) =>
        fault is NpgsqlException or EventStoreBusyException or ObjectDisposedException or HttpRequestException or IOException;

    protected abstract Task BeginAsync(CancellationToken cancellationToken);

    protected abstract Task EndAsync();
}
