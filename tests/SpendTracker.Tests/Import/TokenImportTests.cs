using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using SpendTracker.Contracts;
using SpendTracker.Costs;
using SpendTracker.Events;
using SpendTracker.Log;
using SpendTracker.Usage;
using SpendTracker.Web.Import;
using SpendTracker.Web.Ingest;

namespace SpendTracker.Tests.Import;

public sealed class TokenImportTests : IAsyncLifetime
{
    private readonly FixedClock _clock = new(new(2026, 6, 17, 15, 30, 0, TimeSpan.Zero));
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("spendtracker-import-");
    private TestDatabase _database = null!;

    public async ValueTask InitializeAsync() => _database = await TestDatabase.CreateAsync(clock: _clock);

    public async ValueTask DisposeAsync()
    {
        await _database.DisposeAsync();
        _folder.Delete(recursive: true);
    }

    [Fact]
    public async Task A_real_trace_gives_the_totals_and_the_cost_that_its_lines_add_up_to()
    {
        var trace = Trace();
        await _database.PublishAsync("azure/own", new(2023, 1, 1), new("input-tokens", 2.5m, 1_000_000), new MeterPrice("output-tokens", 10, 1_000_000));

        var counts = await ImportAsync(trace);
        await _database.ProjectAsync();

        // Computed here from the text, by nothing of the product.
        var calls = File.ReadLines(trace).Skip(1).Select(line => line.Split(',')).ToArray();
        var input = calls.Sum(call => decimal.Parse(call[1], CultureInfo.InvariantCulture));
        var output = calls.Sum(call => decimal.Parse(call[2], CultureInfo.InvariantCulture));
        Assert.All(calls, call => Assert.StartsWith("2023-11-", call[0], StringComparison.Ordinal));
        Assert.Equal(new ImportCounts(calls.Length, 0, 0, 0), counts);
        Assert.Equal(input, await QuantityAsync("input-tokens"));
        Assert.Equal(output, await QuantityAsync("output-tokens"));
        Assert.Equal(calls.Length, await QuantityAsync("requests"));
        var month = new BillingPeriod(2023, 11);
        var cost = Assert.Single(await _database.Get<MonthlyCostQuery>().ByAsync(new CostFilter(month, month), [], TestContext.Current.CancellationToken));
        Assert.Equal(input * 2.5m / 1_000_000 + output * 10m / 1_000_000, cost.Actual);
        Assert.Empty(cost.Unpriced);
    }

    [Fact]
    public async Task A_file_that_was_imported_appends_nothing_under_another_name_and_only_what_is_new_when_it_was_cut_and_grew()
    {
        var lines = File.ReadAllLines(Trace());
        var same = Write("same.csv", lines);
        var rolled = Write("rolled.csv", [lines[0], .. lines.Skip(5_000), "2023-11-17 00:00:00.0000001,10,1"]);
        Assert.Equal(lines.Length - 1, (await ImportAsync(Trace())).Appended);

        Assert.Equal(new ImportCounts(0, lines.Length - 1, 0, 0), await ImportAsync(same));
        Assert.Equal(new ImportCounts(1, lines.Length - 5_000, 0, 0), await ImportAsync(rolled));
    }

    [Fact]
    public async Task Identical_rows_are_as_many_calls_and_still_imported_once()
    {
        var file = Write("twins.csv", "time,in,out", "2026-06-01 09:00:00,10,1", "2026-06-01 09:00:00,10,1", "2026-06-01 09:00:00,1,01", "2026-06-01 09:00:00,10,1");

        Assert.Equal(new ImportCounts(4, 0, 0, 0), await ImportAsync(file));
        Assert.Equal(new ImportCounts(0, 4, 0, 0), await ImportAsync(file));
        await _database.ProjectAsync();
        Assert.Equal(31, await QuantityAsync("input-tokens"));
        var uses = await _database.Get<WorkloadUseQuery>().ListAsync(new(2026, 6), new(2026, 6, 17), TestContext.Current.CancellationToken);
        Assert.Equal([new WorkloadUse("trace", new(2026, 6, 1), 4)], uses);
        Assert.Equal(0, (await _database.Get<WorkloadUseQuery>().ListAsync(new(2026, 5), new(2026, 6, 17), TestContext.Current.CancellationToken))[0].Requests);
        Assert.Empty(await _database.Get<WorkloadUseQuery>().ListAsync(new(2026, 6), new(2026, 5, 31), TestContext.Current.CancellationToken));
        Assert.Equal(["command:import/anna"], await _database.TextsAsync("select distinct headers->>'recordedBy' from spend.mt_events where type = 'token_usage_recorded'"));
    }

    [Fact]
    public async Task Rows_whose_values_read_alike_only_together_are_different_calls()
    {
        Assert.Equal(new ImportCounts(1, 0, 0, 0), await ImportAsync(Write("one.csv", "time,in,out", "2026-06-01 09:00:00,1,23")));
        Assert.Equal(new ImportCounts(1, 0, 0, 0), await ImportAsync(Write("two.csv", "time,in,out", "2026-06-01 09:00:00,12,3")));
    }

    [Fact]
    public async Task The_same_rows_of_another_model_are_other_calls()
    {
        var file = Write("rows.csv", "time,in,out", "2026-06-01 09:00:00,1,23");
        Assert.Equal(new ImportCounts(1, 0, 0, 0), await ImportAsync(file));
        Assert.Equal(new ImportCounts(1, 0, 0, 0), await ImportAsync(file, rows => rows with { Model = "another" }));
    }

    [Fact]
    public async Task Digits_beyond_100_nanoseconds_are_cut_off() => Assert.Equal(
        new ImportCounts(2, 0, 0, 0), await ImportAsync(Write("fine.csv", "time,in,out", "2026-06-01 09:00:00.12345678,1,1", "2026-06-01 09:00:00.123456789012,2,1")));

    [Fact]
    public async Task Times_keep_100_nanoseconds_and_are_utc_unless_they_say_otherwise()
    {
        await ImportAsync(Write(
            "times.csv", "time,in,out", "2026-06-01 09:00:00.1234567,1,1", "2026-06-01T09:00:00.123456789Z,2,1", "2026-06-01T09:00:00+02:00,3,1", "2026-06-01 09:00:00 -01:30,4,1"));

        var usage = (await _database.Store.ReadStreamAsync("usage/trace/2026-06", TestContext.Current.CancellationToken)).Select(stored => ((TokenUsageRecorded)stored.Data).UsedAt);
        Assert.Equal(
            ["2026-06-01T09:00:00.1234567Z", "2026-06-01T09:00:00.1234567Z", "2026-06-01T07:00:00.0000000Z", "2026-06-01T10:30:00.0000000Z"],
            usage.Select(time => time.UtcDateTime.ToString("O", CultureInfo.InvariantCulture)));
    }

    [Fact]
    public async Task Bad_rows_are_set_aside_with_line_and_reason_and_the_others_are_imported()
    {
        var file = Write(
            "bad.csv", "time,in,out,note", "2026-06-01 09:00:00,10,1,good", "2026-06-01 09:00:00,ten,1,", "06/01/2026,10,1,", "2026-06-01 09:00:00,,1,", "2026-06-01 09:00:00,-1,1,",
            "2026-06-01 09:00:00,10000000000000,1,", "2021-06-16 09:00:00,10,1,", "2026-06-18 09:00:00,10,1,", "2026-06-01 09:00:00,10",
            "2026-06-01 09:00:00,10,1,\"a\"b", "", "2026-06-01 09:00:01,20,2,\"good, too\"", "2026-06-01 09:00:00,10,1,\"open", "2026-06-01 09:00:02,10,1,swallowed");

        var before = await PreviewAsync(file);
        Assert.Equal(new ImportCounts(2, 0, 0, 10), await ImportAsync(file));
        var after = await PreviewAsync(file);
        Assert.Equal((2, 0, 10), (before.Events, before.Known, before.Rejected));
        Assert.Equal((2, 2, 10), (after.Events, after.Known, after.Rejected));
        Assert.Equal((33, 2, new DateTimeOffset(2026, 6, 1, 9, 0, 1, TimeSpan.Zero)), (before.Tokens, before.Requests, before.Last));
        Assert.Equal(new RejectedRow(3, "in: 'ten' is not a whole number."), before.FirstRejected[0]);
        Assert.Equal(
            [
                "line,reason,row",
                "3,in: 'ten' is not a whole number.,\"2026-06-01 09:00:00,ten,1,\"",
                "4,\"time: '06/01/2026' is not a time like 2026-01-31 09:30:00 or 2026-01-31T09:30:00Z, nor Unix seconds or milliseconds.\",\"06/01/2026,10,1,\"",
                "5,in: Missing.,\"2026-06-01 09:00:00,,1,\"",
                "6,\"in: Must be from 0 to 1,000,000,000,000.\",\"2026-06-01 09:00:00,-1,1,\"",
                "7,\"in: Must be from 0 to 1,000,000,000,000.\",\"2026-06-01 09:00:00,10000000000000,1,\"",
                "8,time: Cannot be more than 5 years back.,\"2021-06-16 09:00:00,10,1,\"",
                "9,time: Cannot be more than 5 minutes ahead.,\"2026-06-18 09:00:00,10,1,\"",
                "10,Has another number of fields than the header.,\"2026-06-01 09:00:00,10\"",
                "11,Broken quoting: text after a closing quote.,\"2026-06-01 09:00:00,10,1,\"\"a\"\"b\"",
                "14,Broken quoting: a quote that is not closed.,\"2026-06-01 09:00:00,10,1,\"\"open",
                "2026-06-01 09:00:02,10,1,swallowed\"",
            ],
            File.ReadAllLines(Rejects));
    }

    [Fact]
    public async Task Text_in_quotes_may_hold_line_ends_and_what_looks_like_rows()
    {
        var file = Write("prompts.csv", "time,prompt,in,out", "2026-06-01 09:00:00,\"Add up:\n2026-06-01 09:00:01,x,900000,900000\r\nand say \"\"done\"\".\",10,1", "2026-06-01 09:00:02,plain,20,2");

        Assert.Equal(new ImportCounts(2, 0, 0, 0), await ImportAsync(file));
        await _database.ProjectAsync();
        Assert.Equal(30, await QuantityAsync("input-tokens"));
    }

    /// <summary>The same four calls, two of them identical.</summary>
    [Theory]
    [InlineData("another column", "time,user,in,out|2026-06-01 09:00:00,ann,10,1|2026-06-01 09:00:00,bob,10,1|2026-06-01 09:00:01,ann,10,1|2026-06-01T09:00:00Z,ann,20,1")]
    [InlineData("another order of columns", "out,in,time|1,10,2026-06-01 09:00:00|1,10,2026-06-01 09:00:00|1,10,2026-06-01 09:00:01|1,20,2026-06-01T09:00:00Z")]
    [InlineData("another order of rows", "time,in,out|2026-06-01T09:00:00Z,20,1|2026-06-01 09:00:01,10,1|2026-06-01 09:00:00,10,1|2026-06-01 09:00:00,10,1")]
    [InlineData("another form of times and numbers", "time;in;out|1780304400;10.0;1|1780304400000;10;1,0|2026-06-01T11:00:01+0200;010;1|2026-06-01 09:00:00.000 UTC;2e1;1")]
    public async Task The_same_calls_are_not_imported_again_from_a_file_with(string other, string lines)
    {
        await ImportAsync(Write("calls.csv", "time,in,out", "2026-06-01 09:00:00,10,1", "2026-06-01 09:00:00,10,1", "2026-06-01 09:00:01,10,1", "2026-06-01T09:00:00Z,20,1"));

        Assert.Equal((other, new ImportCounts(0, 4, 0, 0)), (other, await ImportAsync(Write("other.csv", lines.Split('|')))));
    }

    /// <summary>Ids as versions before gave them: of all fields as they are written.</summary>
    [Fact]
    public async Task A_file_that_an_earlier_version_imported_is_known_again()
    {
        string[] rows = ["2026-06-01 09:00:00,10,1,a", "2026-06-01 09:00:00,10,1,a", "2026-06-01 09:00:00,10,1,b"];
        var earlier = rows.Select((row, i) => (Row: row, Number: rows.Take(i + 1).Count(same => same == row))).Select(row => $"{EarlierHash(row.Row.Split(','))}-{row.Number}").ToArray();
        var calls = earlier.Take(2).Select(id => UsageStream.ToAppend(
            new TokenUsageRecorded("trace", Approach.PromptEngineering, "azure", "own", 10, 1, new(2026, 6, 1, 9, 0, 0, TimeSpan.Zero)), TimeZoneInfo.Utc, new Recorder("test", TokenFile.DefaultSource, id)));
        await _database.Store.AppendAsync([.. calls], TestContext.Current.CancellationToken);

        var file = Write("old.csv", ["time,in,out,note", .. rows]);
        Assert.Equal(new ImportCounts(1, 2, 0, 0), await ImportAsync(file));
        Assert.Equal(new ImportCounts(0, 3, 0, 0), await ImportAsync(file));
    }

    private static string EarlierHash(string[] fields)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData("trace\nprompt-engineering\nazure\nown"u8);
        foreach (var field in fields.Select(Encoding.UTF8.GetBytes))
        {
            hash.AppendData(BitConverter.GetBytes(field.Length));
            hash.AppendData(field);
        }

        return Convert.ToHexStringLower(hash.GetHashAndReset().AsSpan(0, 16));
    }

    [Theory]
    [InlineData(TokenCounts.Inclusive, 70, 30, 20, 10, 40)]
    [InlineData(TokenCounts.Exclusive, 120, 30, 20, 50, 40)]
    [InlineData(TokenCounts.ExclusiveCache, 120, 30, 20, 10, 40)]
    [InlineData(TokenCounts.ExclusiveReasoning, 70, 30, 20, 50, 40)]
    public async Task Parts_are_counted_once_whether_totals_include_them_or_not(TokenCounts counts, int input, int cached, int written, int output, int reasoning)
    {
        var file = Write("parts.csv", "time,in,out,cached,written,thought", "2026-06-01 09:00:00,120,50,30,20,40");
        await ImportAsync(file, columns => columns with { CachedInputColumn = "cached", CacheWriteColumn = "written", ReasoningColumn = "thought", Counts = counts });
        await _database.ProjectAsync();

        Assert.Equal(
            [input, cached, written, output, reasoning],
            [
                await QuantityAsync("input-tokens"), await QuantityAsync("cached-input-tokens"), await QuantityAsync("cache-write-tokens"),
                await QuantityAsync("output-tokens"), await QuantityAsync("reasoning-tokens"),
            ]);
    }

    [Fact]
    public async Task A_refused_part_says_how_to_count_it_beside()
    {
        var file = Write("beside.csv", "time,in,out,cached", "2026-06-01 09:00:00,1,1,30000");
        await ImportAsync(file, columns => columns with { CachedInputColumn = "cached" });
        Assert.Contains("--counts exclusive-cache in an import.", File.ReadAllText(Rejects), StringComparison.Ordinal);

        Assert.Equal(1, (await ImportAsync(file, columns => columns with { CachedInputColumn = "cached", Counts = TokenCounts.Exclusive })).Appended);
    }

    [Fact]
    public async Task A_column_that_is_there_twice_is_not_guessed() =>
        Assert.EndsWith("has the column 'in' (--input) twice.", await RefusedAsync(Write("twice.csv", "time,in,in,out", "2026-06-01 09:00:00,1,2,1")), StringComparison.Ordinal);

    [Fact]
    public async Task Optional_columns_count_and_a_row_of_the_same_id_with_other_figures_is_a_conflict()
    {
        var file = Write("all.csv", "id;time;in;out;cached;written;thought;calls", "a;2026-06-01T09:00Z;100;50;30;20;40;3", "b;2026-06-01T09:00Z;10;5;;;;");
        Func<TokenFile, TokenFile> all = columns => columns with
        {
            IdColumn = "id", CachedInputColumn = "cached", CacheWriteColumn = "written", ReasoningColumn = "thought", RequestsColumn = "calls", Variant = "few-shot/v3",
        };
        Assert.Equal(new ImportCounts(2, 0, 0, 0), await ImportAsync(file, all));
        Assert.False(File.Exists(Rejects));

        await _database.ProjectAsync();
        Assert.Equal(
            [60m, 30m, 20m, 15m, 40m, 4m],
            [
                await QuantityAsync("input-tokens"), await QuantityAsync("cached-input-tokens"), await QuantityAsync("cache-write-tokens"),
                await QuantityAsync("output-tokens"), await QuantityAsync("reasoning-tokens"), await QuantityAsync("requests"),
            ]);

        var changed = Write("all.csv", File.ReadAllText(file).Replace("b;2026-06-01T09:00Z;10;", "b;2026-06-01T09:00Z;11;", StringComparison.Ordinal));
        Assert.Equal(new ImportCounts(0, 1, 1, 0), await ImportAsync(changed, all));
        Assert.Contains("3,\"Contradicts what is recorded under id b. inputTokens: Stored as 10, sent as 11.\"", File.ReadAllText(Rejects), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_file_that_cannot_be_imported_is_refused_in_one_line_that_says_why()
    {
        var wrong = Write("wrong.csv", "when,in,out", "2026-06-01 09:00:00,1,1");
        Assert.Equal($"{wrong} has no column 'time' (--time); it has when, in, out.", await RefusedAsync(wrong));
        Assert.Equal($"{Write("empty.csv")} is empty; its first line must name its columns.", await RefusedAsync(Write("empty.csv")));
        Assert.Equal($"There is no file {wrong}x.", await RefusedAsync(wrong + "x"));
        Assert.Equal($"{_folder.FullName} is a directory; name a file.", await RefusedAsync(_folder.FullName));

        Assert.Equal(default, await ImportAsync(Write("none.csv", "time,in,out")));
    }

    [Fact]
    public async Task An_import_that_is_stopped_tells_what_it_took_and_the_next_run_takes_the_rest()
    {
        var file = Write("long.csv", ["time,in,out", .. Enumerable.Range(0, 20_000).Select(i => $"2026-06-01 09:00:00.{i:0000000},1,1")]);
        using var stop = new CancellationTokenSource();
        var import = Import();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => import.RunAsync(FileAt(file), (_, _) => stop.Cancel(), stop.Token));
        Assert.InRange(import.Counts.Appended, 1, 19_999);

        Assert.Equal(new ImportCounts(20_000 - import.Counts.Appended, import.Counts.Appended, 0, 0), await ImportAsync(file));
    }

    private string Rejects => Path.Combine(_folder.FullName, "rejects.csv");

    private TokenImport Import() => new(_database.Get<UsageRecorder>(), _database.Get<EventLog>(), _database.Settings, _clock, "command:import/anna");

    private TokenFile FileAt(string path)
    {
        var trace = Path.GetFileName(path).StartsWith("azure-", StringComparison.Ordinal) || Path.GetFileName(path) is "same.csv" or "rolled.csv";
        return new TokenFile(path, Rejects)
        {
            Workload = "trace", Approach = Approach.PromptEngineering, Provider = "azure", Model = "own",
            TimeColumn = trace ? "TIMESTAMP" : "time", InputColumn = trace ? "ContextTokens" : "in", OutputColumn = trace ? "GeneratedTokens" : "out",
        };
    }

    private Task<UsagePreview> PreviewAsync(string path) => UsagePreview.OfAsync(
        FileAt(path), _database.Get<EventLog>(), TimeZoneInfo.Utc, _clock.GetUtcNow(), TestContext.Current.CancellationToken);

    private async Task<ImportCounts> ImportAsync(string path, Func<TokenFile, TokenFile>? with = null)
    {
        var import = Import();
        await import.RunAsync((with ?? (file => file))(FileAt(path)), (_, _) => { }, TestContext.Current.CancellationToken);
        return import.Counts;
    }

    private async Task<string> RefusedAsync(string path) => (await Assert.ThrowsAsync<ImportException>(() => ImportAsync(path))).Message;

    private Task<decimal> QuantityAsync(string meter) =>
        _database.ScalarAsync<decimal>($"select sum(quantity) from spend.daily_usage join spend.cost_line using (line_id) where workload = 'trace' and meter = '{meter}'");

    private string Write(string name, params string[] lines)
    {
        var path = Path.Combine(_folder.FullName, name);
        File.WriteAllText(path, string.Join('\n', lines));
        return path;
    }

    /// <summary>A published trace that lies beside the repository, where it does.</summary>
    private static string Trace()
    {
        const string Name = "azure-llm-conversations-2023.csv";
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            var path = Path.Combine(folder.FullName, "shared", "data", Name);
            if (File.Exists(path))
            {
                return path;
            }
        }

        Assert.Skip($"{Name} is not there.");
        return "";
    }
}
