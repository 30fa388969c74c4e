using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Invocation;

namespace PamTui.Commands;

/// <summary>The library's help, and below it the verb's examples.</summary>
internal sealed class Help(Func<int> width) : SynchronousCommandLineAction
{
    public override bool ClearsParseErrors => true;

    public override int Invoke(ParseResult parseResult)
    {
        new HelpAction { MaxWidth = width() }.Invoke(parseResult);
        if (parseResult.CommandResult.Command is Verb { Examples.Count: > 0 } verb)
        {
            TextWriter output = parseResult.InvocationConfiguration.Output;
            output.WriteLine("Examples:");
            foreach (string example in verb.Examples)
            {
                output.WriteLine("  pamtui " + example);
            }

            output.WriteLine();
        }

        return 0;
    }
}
