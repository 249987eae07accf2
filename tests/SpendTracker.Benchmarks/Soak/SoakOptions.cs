using System.Globalization;

namespace SpendTracker.Benchmarks.Soak;

/// <summary>How long a run is, and what is killed in it.</summary>
/// <param name="Seed">Decides all that is sent and all that happens, but not how it interleaves.</param>
/// <param name="Bursts">Each of some calls at once.</param>
/// <param name="Restarts">How often a host within this process is closed and opened again.</param>
/// <param name="Terminations">How often some connections are cut.</param>
/// <param name="BackendKills">How often one process of PostgreSQL gets kill -9.</param>
/// <param name="ServerKills">How often PostgreSQL as a whole does.</param>
/// <param name="Hosts">Processes of the real program, beside two hosts within this process.</param>
/// <param name="HostKills">How often one of them does.</param>
internal sealed record SoakOptions(
    int Seed, int Bursts, int Restarts = 0, int Terminations = 0, int BackendKills = 0, int ServerKills = 0, int Hosts = 0, int HostKills = 0);

/// <summary>What a run did.</summary>
/// <param name="Acknowledged">Events that somebody was told are stored.</param>
internal sealed record SoakResult(int Calls, int Acknowledged, int ServerKills, int BackendKills, int HostKills)
{
    public static SoakResult operator +(SoakResult a, SoakResult b) => new(
        a.Calls + b.Calls, a.Acknowledged + b.Acknowledged, a.ServerKills + b.ServerKills, a.BackendKills + b.BackendKills, a.HostKills + b.HostKills);

    public override string ToString() => string.Create(
        CultureInfo.InvariantCulture,
        $"{Calls} calls, {Acknowledged} events acknowledged; killed: {ServerKills} × PostgreSQL, {BackendKills} × a process of it, {HostKills} × a host");
}
