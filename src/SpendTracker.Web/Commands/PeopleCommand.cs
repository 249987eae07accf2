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

    private static Command List()
    {
        var demo = CommandLine.DemoOption();
        var command = new Command("list", "List persons and their roles.") { demo };
        command.SetAction((parsed, cancellationToken) => CommandLine.RunAsync(parsed.GetValue(demo), async opened =>
        {
            var table = new Table().AddColumns("Person", "Role", "Since");
            foreach (var person in await opened.Get<People>().ListAsync(cancellationToken))
            {
                table.AddRow(Markup.Escape(person.Name), person.Role is { } role ? EnumName.Of(role) : "removed", person.ChangedAt.ToString("u"));
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
        var by = CommandLine.ByOption();
        var demo = CommandLine.DemoOption();
        var command = new Command("role", "Give a person a role. It holds at the next request of each of their sessions.") { person, role, by, demo };
        command.SetAction((parsed, cancellationToken) => CommandLine.RunAsync(parsed.GetValue(demo), async opened =>
        {
            var (people, name) = (opened.Get<People>(), parsed.GetRequiredValue(person));
            if ((await people.FindAsync(name, cancellationToken))?.Role is null)
            {
                return CommandLine.Fail($"No person '{name}' may sign in. sign-in-link lets one in.");
            }

            await people.GiveAsync(name, EnumName.Parse<Role>(parsed.GetRequiredValue(role)), RecorderOf(parsed.GetValue(by)), cancellationToken);
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
