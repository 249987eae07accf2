using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace SpendTracker.AppHost;

/// <summary>Chooses the PostgreSQL that the web host works on.</summary>
internal static class Database
{
    /// <summary>The name of the database, and of the connection string that the web host reads.</summary>
    public const string Name = "spendtracker";

    /// <summary>The setting that names the folder of the private server. Given, it also prefers that server to a container.</summary>
    private const string FolderSetting = "SpendTracker:PostgresFolder";

    /// <summary>
    /// A given <c>ConnectionStrings__spendtracker</c> comes first. Without one: a container, where a container engine answers or
    /// the manifest is written; else the private server.
    /// </summary>
    public static async Task<IResourceBuilder<IResourceWithConnectionString>> AddDatabaseAsync(this IDistributedApplicationBuilder builder)
    {
        if (!string.IsNullOrWhiteSpace(builder.Configuration.GetConnectionString(Name)))
        {
            return builder.AddConnectionString(Name);
        }

        var folder = builder.Configuration[FolderSetting];
        return builder.ExecutionContext.IsPublishMode || (folder is null && await ContainerEngine.AnswersAsync(builder.Configuration))
            ? builder.AddContainer()
            : builder.AddLocalPostgres(folder);
    }

    private static IResourceBuilder<PostgresDatabaseResource> AddContainer(this IDistributedApplicationBuilder builder) =>
        builder.AddPostgres("postgres")
            .WithImageTag("18.3") // Before the volume, whose place depends on it.
            .WithDataVolume("spendtracker-postgres")
            .WithEnvironment("POSTGRES_DB", Name) // AddDatabase creates the database where it runs, not where it is published to.
            .AddDatabase(Name);

    private static IResourceBuilder<LocalPostgresResource> AddLocalPostgres(this IDistributedApplicationBuilder builder, string? folder)
    {
        // The container of services disposes of the server after everything else has stopped, the web host included.
        builder.Services.AddSingleton(_ => new PrivateServer(folder));
        return builder.AddResource(new LocalPostgresResource(Name))
            .WithInitialState(new() { ResourceType = "PostgreSQL", Properties = [], State = KnownResourceStates.NotStarted })
            .OnInitializeResource((resource, initialize, cancellationToken) => resource.StartAsync(initialize, cancellationToken));
    }
}
