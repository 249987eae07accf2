using System.Security.Claims;
using System.Text.Json;
using CsvHelper;
using SpendTracker.Contracts;
using SpendTracker.Log;
using SpendTracker.Settings;
using SpendTracker.Web.Access;
using SpendTracker.Web.Import;
using SpendTracker.Web.Ingest;
using SpendTracker.Web.Requests;

namespace SpendTracker.Web.Connect;

/// <summary>
/// A file that a person dropped: CSV, or JSON lines as the API takes them. It is on disk until it is recorded or the page is left. All
/// together are at most 40 MiB: a container's <c>/tmp</c> is small.
/// </summary>
/// <param name="path">Where it lies; deleted with this.</param>
internal sealed class DroppedFile(string path, string name, IReadOnlyList<string>? columns) : IDisposable
{
    /// <summary>A larger one is for the command <c>import</c>, or the API.</summary>
    public const long MostBytes = 8 * 1024 * 1024;

    private const int MostFiles = 5;

    private static int _files;
    private bool _isDisposed;

    public string Name => name;

    /// <summary>Of a CSV file; null of JSON lines.</summary>
    public IReadOnlyList<string>? Columns => columns;

    /// <summary>Takes the file in.</summary>
    /// <param name="content">At most <see cref="MostBytes"/> long.</param>
    /// <exception cref="ImportException">It is empty, or cannot be read; or there are too many.</exception>
    public static async Task<DroppedFile> OfAsync(string name, Stream content, CancellationToken cancellationToken)
    {
        var path = Path.Combine(Path.GetTempPath(), $"spendtracker-{Guid.NewGuid():n}");
        if (Interlocked.Increment(ref _files) > MostFiles)
        {
            Interlocked.Decrement(ref _files);
            throw new ImportException($"{MostFiles} files lie on other pages already. Try again in a minute, or send it to the API.");
        }

        try
        {
            await using (var copy = new FileStream(path, Private))
            {
                await content.CopyToAsync(copy, cancellationToken);
            }

            return new(path, name, await IsJsonAsync(path, cancellationToken) ? null : await ColumnsAsync(path, cancellationToken));
        }
        catch
        {
            File.Delete(path);
            Interlocked.Decrement(ref _files);
            throw;
        }
    }

    /// <summary>For nobody else on this machine to read.</summary>
    private static FileStreamOptions Private
    {
        get
        {
            var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write, Options = FileOptions.Asynchronous };
            if (!OperatingSystem.IsWindows())
            {
                options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
            }

            return options;
        }
    }

    /// <summary>What recording it would do.</summary>
    /// <param name="terms">Of a CSV file: what its columns mean.</param>
    /// <exception cref="ImportException">The file cannot be read.</exception>
    public async Task<UsagePreview> PreviewAsync(
        string workload, Func<string, TokenFile> terms, EventLog log, OrganisationSettings settings, DateTimeOffset now, CancellationToken cancellationToken)
    {
        if (Columns is not null)
        {
            return await UsagePreview.OfAsync(terms(path), log, settings.ReportingTimeZone, now, cancellationToken);
        }

        var (items, lines) = await ItemsAsync(workload, now, cancellationToken);
        return await UsagePreview.OfAsync(items, lines, TokenFile.DefaultSource, log, cancellationToken);
    }

    /// <summary>Records it, as the command <c>import</c> and the API do; what is recorded already is not recorded again.</summary>
    /// <param name="by">Who does.</param>
    /// <exception cref="ImportException">The file cannot be read.</exception>
    public async Task<(ImportCounts Counts, IReadOnlyList<RejectedRow> FirstRejected)> RecordAsync(
        string workload, Func<string, TokenFile> terms, UsageRecorder recorder, EventLog log, OrganisationSettings settings, TimeProvider clock, string by,
        CancellationToken cancellationToken)
    {
        if (Columns is not null)
        {
            var import = new TokenImport(recorder, log, settings, clock, by);
            await import.RunAsync(terms(path), (_, _) => { }, cancellationToken);
            return (import.Counts, import.FirstRejected);
        }

        var (items, lines) = await ItemsAsync(workload, clock.GetUtcNow(), cancellationToken);
        var answer = await recorder.RecordAsync(items, CallerOf(workload, by), cancellationToken);
        return (
            new(answer.Appended, answer.Duplicate, answer.Conflict, answer.Refused),
            [
                .. answer.Results.Where(result => result.Status is AppendStatus.Conflict or AppendStatus.Refused).Take(RejectedRows.MostShown)
                    .Select(result => new RejectedRow(lines[result.Index], RejectedRows.ReasonOf(result.Reasons ?? []))),
            ]);
    }

    public void Dispose()
    {
        if (_isDisposed)
        {
            return;
        }

        _isDisposed = true;
        File.Delete(path);
        Interlocked.Decrement(ref _files);
    }

    /// <summary>Bound to the workload, as a key of its would be.</summary>
    private static ClaimsPrincipal CallerOf(string workload, string by) => new(new ClaimsIdentity(
        [
            new Claim(ClaimTypes.Name, TokenFile.DefaultSource), new Claim(ApiClaims.RecordedBy, by), new Claim(ApiClaims.Workload, workload),
            new Claim(ApiClaims.Scope, EnumName.Of(Scope.Read)),
        ],
        "file"));

    /// <summary>The events of JSON lines, each with its line. Without an id, the same file again would be recorded again.</summary>
    private async Task<(IReadOnlyList<UsageRequestItem> Items, IReadOnlyList<int> Lines)> ItemsAsync(string workload, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var content = await File.ReadAllBytesAsync(path, cancellationToken);
        try
        {
            var items = UsageRequest.Read(content, lines: true, now);
            return ([.. items.Select(item => Of(item, workload))], LinesOf(content));
        }
        catch (JsonException fault)
        {
            throw new ImportException($"It is not JSON lines: {fault.Message}", fault);
        }
        catch (TooManyEventsException fault)
        {
            throw new ImportException($"At most {UsageRequest.MostEvents:#,0} events a file of JSON lines. Split it, or send it to the API.", fault);
        }
    }

    private static UsageRequestItem Of(UsageRequestItem item, string workload) =>
        item.Usage is not { } usage ? item
        : item.Id is null ? item with { Usage = null, Reasons = [new("id", "Missing: without it, the same file again is recorded again.")] }
        : usage.Workload != workload ? item with { Usage = null, Reasons = [new("workload", $"Is {usage.Workload}; this page records for {workload}.")] }
        : item.Source is { } source && source != TokenFile.DefaultSource ? item with { Usage = null, Reasons = [new("source", "Leave it out: ids of another source belong to its key.")] }
        : item;

    private static List<int> LinesOf(ReadOnlySpan<byte> content)
    {
        List<int> lines = [];
        var number = 0;
        foreach (var range in content.Split((byte)'\n'))
        {
            number++;
            var line = content[range].Trim(" \t\r"u8);
            line = line.StartsWith(RequestBody.ByteOrderMark) ? line[RequestBody.ByteOrderMark.Length..] : line;
            if (!line.IsEmpty)
            {
                lines.Add(number);
            }
        }

        return lines;
    }

    /// <summary>By its first character that is no blank.</summary>
    private static async Task<bool> IsJsonAsync(string path, CancellationToken cancellationToken)
    {
        await using var stream = File.OpenRead(path);
        var head = new byte[1_024];
        var length = await stream.ReadAtLeastAsync(head, head.Length, throwOnEndOfStream: false, cancellationToken);
        var text = head.AsMemory(0, length);
        text = text.Span.StartsWith(RequestBody.ByteOrderMark) ? text[RequestBody.ByteOrderMark.Length..] : text;
        return text.Span.Trim(" \t\r\n"u8) is [(byte)'{', ..];
    }

    private static async Task<IReadOnlyList<string>> ColumnsAsync(string path, CancellationToken cancellationToken)
    {
        await using var stream = File.OpenRead(path);
        await using var reader = CsvReader.Create(stream, CsvRows.Options(null, TokenImport.LongestRow, _ => { }), true);
        try
        {
            await reader.ReadHeaderAsync(cancellationToken);
        }
        catch (CsvFormatException fault)
        {
            throw CsvRows.Unreadable("The file", fault);
        }

        return reader.Headers.Count == 0 ? throw new ImportException("It is empty; its first line must name its columns.") : [.. reader.Headers];
    }
}
