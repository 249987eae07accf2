using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using SpendTracker.LocalPostgres;

namespace SpendTracker.AppHost;

/// <summary>A database on the private PostgreSQL server, which runs as a child of the AppHost.</summary>
internal sealed class LocalPostgresResource(string name) : Resource(name), IResourceWithConnectionString, IResourceWithWaitSupport
{
    private readonly StartedServer _started = new(name);

    public ReferenceExpression ConnectionStringExpression => ReferenceExpression.Create($"{_started}");

    public async Task StartAsync(InitializeResourceEvent initialize, CancellationToken cancellationToken)
    {
        Task TellAsync(string state) => initialize.Notifications.PublishUpdateAsync(this, snapshot => snapshot with { State = state });

        await initialize.Eventing.PublishAsync(new BeforeResourceStartedEvent(this, initialize.Services), cancellationToken);
        await TellAsync(KnownResourceStates.Starting);
        try
        {
            var server = await initialize.Services.GetRequiredService<PrivateServer>().StartAsync(initialize.Logger, cancellationToken);
            _started.ConnectionString.SetResult(server.ConnectionString(Name));
            initialize.Logger.LogInformation(
                "PostgreSQL {Version} runs on port {Port} with the data in {Folder}.", server.Version, server.Port, server.DataFolder);
        }
        catch (LocalPostgresException fault)
        {
            _started.ConnectionString.SetException(fault);
            initialize.Logger.LogError("{Reason}", fault.Message);
            await TellAsync(KnownResourceStates.FailedToStart);
            return;
        }

        await initialize.Eventing.PublishAsync(new ConnectionStringAvailableEvent(this, initialize.Services), cancellationToken);
        await TellAsync(KnownResourceStates.Running);
    }

    /// <summary>Whoever asks for the connection string waits until the server runs: it chooses its port when it starts.</summary>
    private sealed class StartedServer(string name) : IValueProvider, IManifestExpressionProvider
    {
        public TaskCompletionSource<string?> ConnectionString { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public string ValueExpression => $"{{{name}.connectionString}}";

        public ValueTask<string?> GetValueAsync(CancellationToken cancellationToken = default) =>
            new(ConnectionString.Task.WaitAsync(cancellationToken));
    }
}
