namespace SpendTracker.LocalPostgres;

/// <summary>Finds PostgreSQL's programs: those named by the user, those installed, those fetched before, or fetches them.</summary>
internal sealed class PostgresSearch(Func<string, string?> variable, ServerUser user, UserFolders folders, IProgress<string>? progress)
{
    public const string BinVariable = "SPENDTRACKER_POSTGRES_BIN";

    /// <summary>Set to <c>fetch</c>, it makes us pass over what is installed, to try or to test the fetched programs.</summary>
    public const string ModeVariable = "SPENDTRACKER_POSTGRES";

    /// <param name="major">The major version existing data needs, or null where any will do.</param>
    public async Task<PostgresBinaries> FindAsync(int? major, CancellationToken cancellationToken)
    {
        progress?.Report("Looking for PostgreSQL");
        if (variable(BinVariable) is { Length: > 0 } named)
        {
            return Fitting(await NamedAsync(named, cancellationToken), major);
        }

        PostgresBinaries? unfit = null;
        if (variable(ModeVariable) != "fetch")
        {
            foreach (var folder in PostgresPlaces.Of(variable("PATH")))
            {
                var found = await PostgresBinaries.ProbeAsync(folder, user, cancellationToken);
                if (found is not null && (major is null || found.Major == major))
                {
                    return found;
                }

                unfit ??= found;
            }
        }

        // Data of another version than the one we fetch cannot be helped by fetching.
        if (unfit is not null && major != FetchedPostgres.Major)
        {
            return Fitting(unfit, major);
        }

        var fetched = new FetchedPostgres(await folders.CacheAsync(cancellationToken), user, folders, progress);
        return Fitting(await fetched.FindOrFetchAsync(variable("PATH"), cancellationToken), major);
    }

    private async Task<PostgresBinaries> NamedAsync(string folder, CancellationToken cancellationToken)
    {
        if (!PostgresBinaries.IsComplete(folder))
        {
            throw new LocalPostgresException(
                $"{BinVariable} is '{folder}', but that folder does not hold all of postgres, initdb and pg_ctl. "
                + "Set it to the bin folder of a PostgreSQL server installation, or unset it.");
        }

        return await PostgresBinaries.ProbeAsync(Path.GetFullPath(folder), user, cancellationToken)
            ?? throw new LocalPostgresException(
                $"{BinVariable} is '{folder}', but its postgres does not run{(user.IsOther ? $" as the user '{user.Name}'" : "")} "
                + $"or is older than {PostgresBinaries.OldestMajor}. Set it to another installation, or unset it.");
    }

    private static PostgresBinaries Fitting(PostgresBinaries found, int? major) =>
        major is null || found.Major == major
            ? found
            : throw new LocalPostgresException(
                $"The data were written by PostgreSQL {major}, but the PostgreSQL found is {found.Version} in {found.Folder}. "
                + $"Install PostgreSQL {major} or set {BinVariable} to its bin folder, "
                + "or start over with an empty database: demo --reset.");
}
