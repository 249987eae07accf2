using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using System.Text.Json.Nodes;
using Npgsql;
using SpendTracker.LocalPostgres;

namespace SpendTracker.Tests.LocalPostgres;

/// <summary>A folder for one test's server, below one that the unprivileged user can pass through.</summary>
internal sealed class ServerFolder : IAsyncDisposable
{
    public const UnixFileMode Open = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute
        | UnixFileMode.GroupRead | UnixFileMode.GroupExecute | UnixFileMode.OtherRead | UnixFileMode.OtherExecute;

    private static readonly Lazy<Task<ServerFolder>> Made = new(MakeAsync);

    private readonly ConcurrentBag<LocalServer> _started = [];

    public ServerFolder()
    {
        Parent = Path.Combine(Path.GetTempPath(), $"spendtracker-{Guid.NewGuid():N}");
        Directory.CreateDirectory(Parent);
        SetMode(Parent, Open);
    }

    public static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public string Parent { get; }

    public string Server => Path.Combine(Parent, "server");

    public string Data => Path.Combine(Server, "data");

    public string Record => Path.Combine(Server, "server.json");

    public JsonNode RecordJson => JsonNode.Parse(File.ReadAllText(Record))!;

    public string Password => (string)RecordJson["password"]!;

    // fsync: a test's data need not outlive a power cut, and outlive a killed server without it.
    public LocalServerOptions Options => new()
    {
        Name = "tests",
        Folder = Server,
        Settings = new Dictionary<string, string> { ["fsync"] = "off", ["shared_buffers"] = "16MB" },
    };

    /// <summary>
    /// Takes a copy of a cluster that was made once for the run, which takes a tenth of making one: for tests of what comes after the first start.
    /// </summary>
    public async Task TakeClusterAsync()
    {
        var made = await Made.Value;
        await new ExternalProgram("cp", ["-a", made.Server, Server], TimeSpan.FromMinutes(1)).RunAsync(Cancel);
        ChangeRecord(record => record["port"] = 0); // Each has a port of its own.
    }

    /// <summary>After the last test.</summary>
    public static async Task DeleteMadeAsync()
    {
        if (Made.IsValueCreated)
        {
            await (await Made.Value).DisposeAsync();
        }
    }

    private static async Task<ServerFolder> MakeAsync()
    {
        var folder = new ServerFolder();
        await (await folder.StartAsync()).DisposeAsync();
        return folder;
    }

    public Task<LocalServer> StartAsync() => StartAsync(name => Environment.GetEnvironmentVariable(name));

    public async Task<LocalServer> StartAsync(Func<string, string?> variable) =>
        Noted(await LocalServer.StartAsync(Options, variable, Cancel));

    /// <summary>A place as the server has it, but with a say in its ports.</summary>
    public async Task<LocalServer> StartAsync(Func<int, int> choosePort)
    {
        var user = await ServerUser.ChooseAsync(Cancel);
        var folders = new UserFolders(Environment.GetEnvironmentVariable, user);
        var place = await DataPlace.OpenAsync(Options, user, folders, Cancel);
        var search = new PostgresSearch(Environment.GetEnvironmentVariable, user, folders, null);
        return Noted(await new ServerHome(place, user, search) { ChoosePort = choosePort }.StartAsync(Options, Cancel));
    }

    public void ChangeRecord(Action<JsonNode> change)
    {
        var record = RecordJson;
        change(record);
        File.WriteAllText(Record, record.ToJsonString());
    }

    public static async Task<T> QueryAsync<T>(LocalServer server, string sql)
    {
        await using var source = NpgsqlDataSource.Create(server.ConnectionString("postgres") + ";Pooling=false");
        await using var command = source.CreateCommand(sql);
        return (T)(await command.ExecuteScalarAsync(Cancel))!;
    }

    public static void SetMode(string path, UnixFileMode mode)
    {
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(path, mode);
        }
    }

    public static bool Runs(int processId) => RunningProcess.Find(processId) is not null;

    public async ValueTask DisposeAsync()
    {
        if (Directory.Exists(Server))
        {
            File.Delete(Record); // Else it is started again.
        }

        await EndAsync(Data);
        foreach (var server in Directory.Exists(Server) ? _started : [])
        {
            await server.DisposeAsync(); // Else it goes on looking after its server, and writes into the folder while it is deleted.
        }

        Directory.Delete(Parent, recursive: true);
    }

    /// <summary>Ends the server of a data folder, if one runs there.</summary>
    public static async Task EndAsync(string data)
    {
        if (Postmaster.Read(data) is { } left && left.IsRunning())
        {
            using var process = Process.GetProcessById(left.ProcessId);
            // At SIGQUIT it ends after its children. Killed, it leaves them for a moment, and they write files into the folder.
            using var kill = Process.Start("kill", ["-QUIT", left.ProcessId.ToString(CultureInfo.InvariantCulture)]);
            await kill.WaitForExitAsync(CancellationToken.None);
            await process.WaitForExitAsync(CancellationToken.None);
        }
    }

    private LocalServer Noted(LocalServer server)
    {
        _started.Add(server);
        return server;
    }
}
