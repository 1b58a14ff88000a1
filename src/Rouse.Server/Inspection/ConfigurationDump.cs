using System.Text;
using Rouse.Config;
using Rouse.Config.Model;

namespace Rouse.Server.Inspection;

/// <summary>Every service as the configuration has it, in the original's form: what debug mode shows before the daemon starts.</summary>
public static class ConfigurationDump
{
    /// <summary>One char a byte.</summary>
    public static string Text(Configuration configuration)
    {
        StringBuilder text = new();
        DefinitionDump dump = new((_, line) => Line("\t", line));
        foreach (ServiceDefinition service in configuration.Services)
        {
            Line("Service configuration: ", service.Name);
            dump.Write(service);
            text.Append('\n');
        }

        return text.ToString();

        void Line(string head, string line)
        {
            text.Append(head);
            StateDump.AppendVisible(text, line);
            text.Append('\n');
        }
    }
}
