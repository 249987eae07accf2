using System.Text;
using Spectre.Console;

namespace SpendTracker.Tests;

/// <summary>
/// The console of this process, but what a command writes is kept for its test: other tests write at the same time. A thing that a command
/// starts writes where the command does.
/// </summary>
internal sealed class CommandConsole : TextWriter
{
    private readonly AsyncLocal<StringBuilder?> _kept = new();
    private readonly TextWriter _terminal;

    private CommandConsole(TextWriter terminal) => _terminal = terminal;

    public static CommandConsole Output { get; } = TakeOutput();

    public static CommandConsole Errors { get; } = TakeErrors();

    public override Encoding Encoding => _terminal.Encoding;

    /// <summary>Keeps what is written from here on, in what is called from here.</summary>
    public StringBuilder Keep() => _kept.Value = new();

    public override void Write(char value)
    {
        if (_kept.Value is { } kept)
        {
            lock (kept)
            {
                kept.Append(value);
            }
        }
        else
        {
            _terminal.Write(value);
        }
    }

    public override void Write(char[] buffer, int index, int count)
    {
        if (_kept.Value is { } kept)
        {
            lock (kept)
            {
                kept.Append(buffer, index, count);
            }
        }
        else
        {
            _terminal.Write(buffer, index, count);
        }
    }

    private static CommandConsole TakeOutput()
    {
        var console = new CommandConsole(Console.Out);
        Console.SetOut(console);
        AnsiConsole.Console = AnsiConsole.Create(new() { Ansi = AnsiSupport.No, Interactive = InteractionSupport.No, Out = new AnsiConsoleOutput(console) });
        AnsiConsole.Profile.Width = 10_000; // As in a file: a row is a line.
        return console;
    }

    private static CommandConsole TakeErrors()
    {
        var console = new CommandConsole(Console.Error);
        Console.SetError(console);
        return console;
    }
}
