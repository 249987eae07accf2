namespace SpendTracker.LocalPostgres;

/// <summary>The npm client on the PATH.</summary>
internal static class NodePackages
{
    /// <summary>The program to run and what comes before npm's own arguments, or null where there is no npm.</summary>
    public static (string Program, string[] Before)? Client(string? path)
    {
        var folders = (path ?? "").Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries);
        foreach (var folder in folders.Where(Path.IsPathFullyQualified))
        {
            if (!OperatingSystem.IsWindows())
            {
                if (Path.Combine(folder, "npm") is var npm && File.Exists(npm))
                {
                    return (npm, []);
                }
            }

            // Windows: npm is a batch file, and cmd.exe would read its arguments once more. Its script runs without it.
            else if (Path.Combine(folder, "node.exe") is var node && File.Exists(node)
                && Path.Combine(folder, "node_modules", "npm", "bin", "npm-cli.js") is var script && File.Exists(script))
            {
                return (node, [script]);
            }
        }

        return null;
    }
}
