using System.Buffers;
using System.Collections.Generic;
using System.Globalization;
using Rouse.Config.Model;
using Rouse.Tools.Convert;

namespace Rouse.Tools.Measure;

/// <summary>The server as a service of a configuration of its own, on loopback: who it is, and nothing that would keep clients out.</summary>
/// <param name="Name">For people.</param>
/// <param name="Attributes">What makes the server: program, arguments, user, environment, limits.</param>
/// <param name="TakesListener">It is given the listening socket (wait = yes).</param>
internal sealed record MeasuredServer(string Name, IReadOnlyList<(string Name, string Values)> Attributes, bool TakesListener)
{
    /// <summary>A command that serves the connection that it finds at its standard input.</summary>
    /// <param name="path">The program; a path from the root.</param>
    public static MeasuredServer Of(string path, IReadOnlyList<string> arguments, string user, bool takesListener)
    {
        List<(string, string)> attributes = [("server", path), ("user", user)];
        if (arguments.Count > 0)
        {
            attributes.Add(("server_args", string.Join(' ', arguments)));
        }

        return new MeasuredServer(path[(path.LastIndexOf('/') + 1)..], attributes, takesListener);
    }

    /// <summary>The server of a service, with all that the service gives to it.</summary>
    public static MeasuredServer Of(ServiceDefinition service)
    {
        List<(string, string)> attributes = [("server", service.Server)];
        bool isNamedInArguments = service.Flags.HasFlag(ServiceFlags.NameInArgs);
        Add("user", service.User?.Uid.ToString(CultureInfo.InvariantCulture));
        Add("group", service.Group?.Gid.ToString(CultureInfo.InvariantCulture));
        Add("groups", service.Groups ? "yes" : null);
        Add("umask", service.Umask is { } umask ? System.Convert.ToString(umask, 8) : null);
        Add("nice", service.Nice != 0 ? service.Nice.ToString(CultureInfo.InvariantCulture) : null);
        IEnumerable<string> arguments = isNamedInArguments ? service.Arguments : service.Arguments.RemoveAt(0);
        string words = string.Join(' ', arguments);
        Add("server_args", words.Length > 0 ? words : null);
        Add("env", service.Environment.Length > 0 ? string.Join(' ', service.Environment) : null);
        Add("passenv", service.PassEnvironment.IsDefault ? null : string.Join(' ', service.PassEnvironment));
        foreach (ResourceLimit limit in service.ResourceLimits)
        {
            Add(LimitName(limit.Resource), limit.Value == ulong.MaxValue ? "UNLIMITED" : limit.Value.ToString(CultureInfo.InvariantCulture));
        }

        if (isNamedInArguments)
        {
            attributes.Insert(0, ("flags", "NAMEINARGS"));
        }

        return new MeasuredServer(service.Id, attributes, service.Wait);

        void Add(string name, string? values)
        {
            if (values is not null)
            {
                attributes.Add((name, values));
            }
        }
    }

    /// <summary>A configuration with this one service.</summary>
    /// <param name="start">The value of its start.</param>
    public byte[] Configuration(ushort port, string start, string logFile)
    {
        ArrayBufferWriter<byte> bytes = new();
        EntryText text = new(bytes);
        text.Begin("service measured");
        text.Attribute("type", "UNLISTED");
        text.Attribute("socket_type", "stream");
        text.Attribute("protocol", "tcp");
        text.Attribute("bind", "127.0.0.1");
        text.Attribute("port", port.ToString(CultureInfo.InvariantCulture));
        text.Attribute("wait", TakesListener ? "yes" : "no");
        text.Attribute("start", start);
        text.Attribute("cps", "0 0");
        text.Attribute("instances", "UNLIMITED");
        text.Attribute("per_source", "UNLIMITED");
        text.Attribute("log_type", $"FILE {logFile}");
        text.Attribute("log_on_success", "EXIT");
        bool hasFlags = false;
        foreach ((string name, string values) in Attributes)
        {
            hasFlags |= name == "flags";
            text.Attribute(name, name == "flags" ? $"{values} NOLIBWRAP" : values);
        }

        if (!hasFlags)
        {
            text.Attribute("flags", "NOLIBWRAP");
        }

        text.End();
        return bytes.WrittenSpan.ToArray();
    }

    // setrlimit(2)'s numbers.
    private static string LimitName(int resource) => resource switch
    {
        0 => "rlimit_cpu",
        2 => "rlimit_data",
        3 => "rlimit_stack",
        5 => "rlimit_rss",
        7 => "rlimit_files",
        _ => "rlimit_as",
    };
}
