using System.Globalization;

namespace SpendTracker.LocalPostgres;

/// <summary>Stops the server of a place with pg_ctl.</summary>
internal sealed class ServerStop(DataPlace place, ServerUser user)
{
    private const int TimeLimit = 60; // Seconds; then it is told not to finish its checkpoint.

    /// <summary>Fast: open transactions are rolled back, everything is written, connections end.</summary>
    public async Task CleanlyAsync(PostgresBinaries binaries, CancellationToken cancellationToken)
    {
        var outcome = await RunAsync(binaries, "fast", cancellationToken);
        if (!outcome.Succeeded && Postmaster.Read(place.Data) is { } postmaster && postmaster.IsRunning())
        {
            throw new LocalPostgresException(string.Create(
                CultureInfo.InvariantCulture,
                $"The PostgreSQL server with process id {postmaster.ProcessId} did not stop: {outcome.LastLines(2)}. ")
                + $"See {place.Log}, or end that process.");
        }
    }

    public Task<ProgramResult> RunAsync(PostgresBinaries binaries, string mode, CancellationToken cancellationToken)
    {
        string[] arguments = ["stop", "-D", place.Data, "-m", mode, "-w", "-t", TimeLimit.ToString(CultureInfo.InvariantCulture)];
        var call = new ExternalProgram(binaries.PgCtl, arguments, TimeSpan.FromSeconds(TimeLimit + 15)) { WorkingFolder = place.Folder };
        return user.Run(call).RunAsync(cancellationToken);
    }
}
