using System.Diagnostics;

namespace SpendTracker.LocalPostgres;

/// <summary>
/// One process at a time. The system lets go of the lock when its process ends, however it ends, so it cannot go stale.
/// The file itself stays: deleting it would let two processes lock two files of one name.
/// </summary>
internal sealed class FileLock : IDisposable
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(50);
    private readonly FileStream _file;

    private FileLock(FileStream file) => _file = file;

    public static async Task<FileLock> TakeAsync(string path, TimeSpan timeLimit, CancellationToken cancellationToken)
    {
        for (var waited = Stopwatch.StartNew(); ; await Task.Delay(Pause, cancellationToken))
        {
            try
            {
                return new(new(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None));
            }
            catch (UnauthorizedAccessException e)
            {
                throw new LocalPostgresException($"{path} cannot be written. Choose a folder of your own, or run as its owner.", e);
            }
            catch (IOException e)
            {
                if (waited.Elapsed > timeLimit)
                {
                    throw new LocalPostgresException(
                        $"Another process has held {path} for {timeLimit.TotalMinutes:0} minutes. End that process, then try again.", e);
                }
            }
        }
    }

    public void Dispose() => _file.Dispose();
}
