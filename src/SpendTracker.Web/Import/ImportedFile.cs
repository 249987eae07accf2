namespace SpendTracker.Web.Import;

/// <summary>A file that a command is given.</summary>
internal static class ImportedFile
{
    /// <summary>What is read whole may be so large.</summary>
    public const long MostBytes = 64 * 1024 * 1024;

    /// <summary>Why there is nothing to import; null where there is a file.</summary>
    public static string? Absent(string path) =>
        Directory.Exists(path) ? $"{path} is a directory; name a file." : File.Exists(path) ? null : $"There is no file {path}.";

    /// <summary>The file's bytes, without a byte order mark.</summary>
    /// <exception cref="ImportException">There is none, or it is too large.</exception>
    public static async Task<ReadOnlyMemory<byte>> ReadAsync(string path, CancellationToken cancellationToken)
    {
        if (Absent(path) is { } absent)
        {
            throw new ImportException(absent);
        }

        if (new FileInfo(path).Length > MostBytes)
        {
            throw new ImportException($"{path} is larger than {MostBytes / 1024 / 1024} MiB.");
        }

        ReadOnlyMemory<byte> content = await File.ReadAllBytesAsync(path, cancellationToken);
        return content.Span.StartsWith("\uFEFF"u8) ? content[3..] : content;
    }
}
