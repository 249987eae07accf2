using System.CommandLine;
using SpendTracker.Web.Commands;

Interrupts.Heed();

// Ctrl+C cancels the command; what it started, PostgreSQL included, gets this long to stop cleanly.
var patience = new InvocationConfiguration { ProcessTerminationTimeout = TimeSpan.FromSeconds(25) };
return await CommandLine.Root().Parse(args.Length == 0 ? ["serve"] : args).InvokeAsync(patience);
