using SpendTracker.Web.Requests;

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

        return WithoutMark(await File.ReadAllBytesAsync(path, cancellationToken));
    }

    /// <summary>The same, or the standard input's where the path is a dash.</summary>
    /// <exception cref="ImportException">There is no file, or it is too large.</exception>
    public static async Task<ReadOnlyMemory<byte>> ReadOrInputAsync(string path, CancellationToken cancellationToken)
    {
        if (path != "-")
        {
            return await ReadAsync(path, cancellationToken);
        }

        using var content = new MemoryStream();
        await using var input = Console.OpenStandardInput();
        var part = new byte[64 * 1024];
        while (await input.ReadAsync(part, cancellationToken) is > 0 and var length)
        {
            content.Write(part, 0, length);
            if (content.Length > MostBytes)
            {
                throw new ImportException($"The standard input is longer than {MostBytes / 1024 / 1024} MiB.");
            }
        }

        return WithoutMark(content.ToArray());
    }

    private static ReadOnlyMemory<byte> WithoutMark(ReadOnlyMemory<byte> content) => content.Span.StartsWith(RequestBody.ByteOrderMark) ? content[RequestBody.ByteOrderMark.Length..] : content;
}
