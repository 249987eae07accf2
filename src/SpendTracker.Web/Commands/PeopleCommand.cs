using System.CommandLine;
using Spectre.Console;
using SpendTracker.Access;
using SpendTracker.Contracts;
using Recorder = SpendTracker.Events.Recorder;

namespace SpendTracker.Web.Commands;

/// <summary><c>people</c>: who may sign in, and as what.</summary>
internal static class PeopleCommand
{
    public static Command Create() => new("people", "Persons who may sign in.") { List(), SetRole(), Remove() };

    private static Recorder RecorderOf(string? by) => CommandLine.RecorderOf("people", by);

    private static Option<string> PersonOption() => new("--person") { Required = true, Description = "Who, as sign-in-link named them." };

    public static Option<string[]> TeamOption() => new("--team")
    {
        Description = "A team of a member, as workloads name it; may be given more than once. Without it, a member keeps the teams of now.", DefaultValueFactory = _ => [],
    };

    /// <summary>Null if none is given.</summary>
    public static IReadOnlyList<string>? Teams(ParseResult parsed, Option<string[]> option) => parsed.GetValue(option) is { Length: > 0 } teams ? teams : null;

    private static Command List()
    {
        var demo = CommandLine.DemoOption();
        var command = new Command("list", "List persons and their roles.") { demo };
        command.SetAction((parsed, cancellationToken) => CommandLine.RunAsync(parsed.GetValue(demo), async opened =>
        {
            var table = new Table().AddColumns("Person", "Role", "Teams", "Since");
            foreach (var person in await opened.Get<People>().ListAsync(cancellationToken))
            {
                table.AddRow(Markup.Escape(person.Name), person.Role is { } role ? EnumName.Of(role) : "removed", Markup.Escape(string.Join(", ", person.Teams)), person.ChangedAt.ToString("u"));
            }

            CommandLine.Write(table);
            return 0;
        }, cancellationToken));
        return command;
    }

    private static Command SetRole()
    {
        var person = PersonOption();
        var role = new Option<string>("--role") { Required = true, Description = "What they may do from now on." };
        role.AcceptOnlyFromAmong([.. EnumName.All<Role>()]);
        var teams = TeamOption();
        var by = CommandLine.ByOption();
        var demo = CommandLine.DemoOption();
        var command = new Command("role", "Give a person a role. It holds at the next request of each of their sessions.") { person, role, teams, by, demo };
        command.SetAction((parsed, cancellationToken) => CommandLine.RunAsync(parsed.GetValue(demo), async opened =>
        {
            var (people, name) = (opened.Get<People>(), parsed.GetRequiredValue(person));
            if ((await people.FindAsync(name, cancellationToken))?.Role is null)
            {
                return CommandLine.Fail($"No person '{name}' may sign in. sign-in-link lets one in.");
            }

            var wanted = EnumName.Parse<Role>(parsed.GetRequiredValue(role));
            if (People.Check(wanted, Teams(parsed, teams)) is { Count: > 0 } reasons)
            {
                return CommandLine.Fail(reasons.Select(reason => reason with { Field = $"--{reason.Field}" }));
            }

            await people.GiveAsync(name, wanted, Teams(parsed, teams), RecorderOf(parsed.GetValue(by)), cancellationToken);
            return 0;
        }, cancellationToken));
        return command;
    }

    private static Command Remove()
    {
        var person = PersonOption();
        var by = CommandLine.ByOption();
        var demo = CommandLine.DemoOption();
        var command = new Command("remove", "Take a person's role away. Their sessions end at once, and their links work no longer.") { person, by, demo };
        command.SetAction((parsed, cancellationToken) => CommandLine.RunAsync(parsed.GetValue(demo), async opened =>
            await opened.Get<People>().RemoveAsync(parsed.GetRequiredValue(person), RecorderOf(parsed.GetValue(by)), cancellationToken)
                ? 0
                : CommandLine.Fail($"No person '{parsed.GetRequiredValue(person)}' may sign in."), cancellationToken));
        return command;
    }
}
