using System.CommandLine;
using SpendTracker.Contracts;

namespace SpendTracker.Web.Commands;

/// <summary><c>aliases publish</c>.</summary>
internal static class AliasesCommand
{
    public static Command Create() => new("aliases", "What the names that providers report are priced as.") { PublishCommand.Create("aliases", ContractsJson.Default.AliasPublished) };
}
