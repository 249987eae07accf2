namespace SpendTracker.LocalPostgres;

/// <summary>Folders that an interrupted initdb or npm did not get to finish.</summary>
internal static class Leftovers
{
    public static void Delete(string folder, string pattern)
    {
        foreach (var left in Directory.GetDirectories(folder, pattern))
        {
            try
            {
                Directory.Delete(left, recursive: true);
            }
            catch (IOException)
            {
                // A program whose starter was killed still writes there. The names are never used twice, so it harms
                // nobody, and the next start deletes what it leaves.
            }
        }
    }
}
