using System.Globalization;

namespace SpendTracker.LocalPostgres;

/// <summary>
/// The user PostgreSQL's programs run as: ourselves, or an unprivileged user where we are root, because postgres
/// refuses to run as root. (On Windows pg_ctl drops an administrator's rights by itself.)
/// </summary>
/// <param name="Name">Null: ourselves.</param>
/// <param name="Prefix">What to put before a program so that it runs as that user.</param>
internal sealed record ServerUser(string? Name, int UserId, int GroupId, IReadOnlyList<string> Prefix)
{
    private static readonly TimeSpan Short = TimeSpan.FromSeconds(20);

    public bool IsOther => Name is not null;

    public static async Task<ServerUser> ChooseAsync(CancellationToken cancellationToken)
    {
        if (OperatingSystem.IsWindows() || !Environment.IsPrivilegedProcess)
        {
            return new(null, 0, 0, []);
        }

        foreach (var name in (string[])["postgres", "nobody"])
        {
            if (await IdAsync("-u", name, cancellationToken) is { } user && await IdAsync("-g", name, cancellationToken) is { } group)
            {
                return new(name, user, group, await PrefixAsync(name, user, group, cancellationToken));
            }
        }

        throw new LocalPostgresException(
            "PostgreSQL refuses to run as root, and this system has neither a user 'postgres' nor 'nobody' to run it as. "
            + "Run this program as an ordinary user, or set ConnectionStrings__spendtracker to a PostgreSQL server of your own.");
    }

    /// <summary>The program, run as this user.</summary>
    public ExternalProgram Run(ExternalProgram program) =>
        IsOther ? program with { FileName = Prefix[0], Arguments = [.. Prefix.Skip(1), program.FileName, .. program.Arguments] } : program;

    /// <summary>
    /// Whether this user gets as far as the path and may enter or execute it. Asked of the system rather than worked
    /// out from modes: access lists and mount options have a say too.
    /// </summary>
    public async Task<bool> CanReachAsync(string path, CancellationToken cancellationToken) =>
        !IsOther || (await Run(new("test", ["-x", path], Short)).RunAsync(cancellationToken)).Succeeded;

    /// <summary>Gives the file or folder to this user.</summary>
    public async Task OwnAsync(string path, CancellationToken cancellationToken)
    {
        if (IsOther)
        {
            var owner = $"{Number(UserId)}:{Number(GroupId)}";
            var outcome = await new ExternalProgram("chown", [owner, path], Short).RunAsync(cancellationToken);
            if (!outcome.Succeeded)
            {
                throw new LocalPostgresException(
                    $"{path} could not be given to the user '{Name}', as whom PostgreSQL has to run: {outcome.LastLines(1)}. "
                    + "Run this program as an ordinary user, or set ConnectionStrings__spendtracker to a PostgreSQL server of your own.");
            }
        }
    }

    private static string Number(int id) => id.ToString(CultureInfo.InvariantCulture);

    private static async Task<int?> IdAsync(string option, string name, CancellationToken cancellationToken)
    {
        var outcome = await new ExternalProgram("id", [option, name], Short).RunAsync(cancellationToken);
        if (!outcome.Succeeded)
        {
            return null;
        }

        // Going on with the other user would be worse than an end: the data belong to this one.
        return int.TryParse(outcome.Output.Trim(), NumberStyles.None, CultureInfo.InvariantCulture, out var id)
            ? id
            : throw new LocalPostgresException($"'id {option} {name}' did not say a number, but '{outcome.LastLines(1)}'. Start again.");
    }

    private static async Task<IReadOnlyList<string>> PrefixAsync(string name, int user, int group, CancellationToken cancellationToken)
    {
        // Tried rather than looked for: busybox has a setpriv without these options, and a container may forbid the change.
        // macOS has neither setpriv nor runuser; root needs no password for sudo.
        string[][] ways =
        [
            ["setpriv", "--reuid", Number(user), "--regid", Number(group), "--clear-groups", "--"],
            ["runuser", "-u", name, "--"],
            ["sudo", "-n", "-u", name, "--"],
        ];
        foreach (var way in ways)
        {
            if ((await new ExternalProgram(way[0], [.. way.Skip(1), "true"], Short).RunAsync(cancellationToken)).Succeeded)
            {
                return way;
            }
        }

        throw new LocalPostgresException(
            $"PostgreSQL refuses to run as root, and none of setpriv, runuser and sudo could switch to the user '{name}'. "
            + "Run this program as an ordinary user, install util-linux, or set ConnectionStrings__spendtracker to a server of your own.");
    }
}
