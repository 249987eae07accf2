using System.CommandLine;
using SpendTracker.Access;
using SpendTracker.Contracts;
using SpendTracker.Events;
using SpendTracker.Web.Access;
using SpendTracker.Web.Hosting;

namespace SpendTracker.Web.Commands;

/// <summary><c>sign-in-link</c>: a link that signs a person in once.</summary>
internal static class SignInLinkCommand
{
    public static Command Create()
    {
        var person = new Option<string>("--person") { Required = true, Description = "Who it is for; the name goes into the log." };
        var role = new Option<string>("--role") { Description = "What they may do.", DefaultValueFactory = _ => EnumName.Of(Role.Viewer) };
        role.AcceptOnlyFromAmong([.. EnumName.All<Role>()]);
        var address = new Option<string>("--address") { Description = "The dashboard's address.", DefaultValueFactory = _ => SpendTrackerHost.DefaultUrl };
        var by = CommandLine.ByOption();
        var demo = CommandLine.DemoOption();
        var command = new Command("sign-in-link", "Print a link that signs a person in, once, within half an hour.") { person, role, address, by, demo };
        command.SetAction((parsed, cancellationToken) => CommandLine.RunAsync(parsed.GetValue(demo), async opened =>
        {
            var token = await opened.Get<SignInLinks>().IssueAsync(
                parsed.GetRequiredValue(person), EnumName.Parse<Role>(parsed.GetRequiredValue(role)), new Recorder(CommandLine.RecordedBy("sign-in-link", parsed.GetValue(by))), cancellationToken);
            Console.WriteLine(SignIn.Link(parsed.GetRequiredValue(address), token));
            return 0;
        }, cancellationToken));
        return command;
    }
}
