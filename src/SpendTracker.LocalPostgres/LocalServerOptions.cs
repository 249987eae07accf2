using System.Collections.ObjectModel;

namespace SpendTracker.LocalPostgres;

/// <summary>Where data, log and settings of one private server live.</summary>
public sealed record LocalServerOptions
{
    /// <summary>Names the server and its folder, e.g. <c>demo</c>. Letters, digits and '-', at most 60.</summary>
    public required string Name { get; init; }

    /// <summary>Overrides the default data place. Tests use it.</summary>
    public string? Folder { get; init; }

    /// <summary>
    /// Further PostgreSQL settings, given as <c>-c name=value</c>, so anyone on the machine can read them: no secrets.
    /// A server that already runs keeps the settings it was started with.
    /// </summary>
    public IReadOnlyDictionary<string, string> Settings { get; init; } = ReadOnlyDictionary<string, string>.Empty;

    /// <summary>Stops a running server of that folder, deletes its data and starts over.</summary>
    public bool Reset { get; init; }

    /// <summary>Hears of each step that takes time, in words for a terminal.</summary>
    public IProgress<string>? Progress { get; init; }

    /// <summary>Hears when the server ended without being told to, and what became of it; for a log.</summary>
    public Action<string>? Noticed { get; init; }

    internal void Check()
    {
        if (Name.Length is 0 or > 60 || !Name.All(c => char.IsAsciiLetterOrDigit(c) || c == '-'))
        {
            throw new ArgumentException($"A server's name has letters, digits and '-' only; '{Name}' does not fit.", nameof(Name));
        }

        foreach (var (name, value) in Settings)
        {
            if (name.Length == 0 || !name.All(c => char.IsAsciiLetterOrDigit(c) || c is '_' or '.'))
            {
                throw new ArgumentException($"'{name}' is not the name of a PostgreSQL setting.", nameof(Settings));
            }

            // pg_ctl hands the settings to the system's shell. cmd.exe has no quoting that is safe for these.
            if (value.Any(c => char.IsControl(c) || (OperatingSystem.IsWindows() && c is '"' or '%')))
            {
                throw new ArgumentException($"The setting {name} has a character in its value that cannot be passed on.", nameof(Settings));
            }
        }
    }
}
