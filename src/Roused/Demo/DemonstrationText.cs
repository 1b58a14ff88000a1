using System.Text;

namespace Roused.Demo;

/// <summary>The embedded configuration, in the language of xinetd.conf(5), and what to try with each of its services.</summary>
internal static class DemonstrationText
{
    public const string Path = "demonstration.conf";

    public static readonly Entry[] Entries =
    [
        new("echo", "tcp", 7007, true, "returns what you type", "nc 127.0.0.1 7007"),
        new("echo", "udp", 7007, true, "returns each datagram", "echo hello | nc -u -w1 127.0.0.1 7007"),
        new("daytime", "tcp", 7013, true, "tells the time", "nc 127.0.0.1 7013"),
        new("daytime", "udp", 7013, true, "tells the time", "echo | nc -u -w1 127.0.0.1 7013"),
        new("time", "tcp", 7037, true, "seconds since 1900, 4 bytes", "nc 127.0.0.1 7037 | od -An -tu1"),
        new("time", "udp", 7037, true, "seconds since 1900, 4 bytes", "echo | nc -u -w1 127.0.0.1 7037 | od -An -tu1"),
        new("chargen", "tcp", 7019, true, "characters without end", "nc 127.0.0.1 7019 | head -5"),
        new("chargen", "udp", 7019, true, "1,024 characters", "echo | nc -u -w1 127.0.0.1 7019"),
        new("discard", "tcp", 7009, true, "swallows everything", "head -c 1M /dev/zero | nc -N 127.0.0.1 7009"),
        new("discard", "udp", 7009, true, "swallows everything", "echo nothing | nc -u -w1 127.0.0.1 7009"),
        new("environment", "tcp", 7080, false, "/usr/bin/env: what a server finds", "nc 127.0.0.1 7080"),
        new("cat", "tcp", 7023, false, "/bin/cat: a process a connection", "nc 127.0.0.1 7023"),
    ];

    /// <summary>A service of the demonstration.</summary>
    public readonly record struct Entry(string Name, string Protocol, int Port, bool BuiltIn, string What, string Try)
    {
        public string Id => $"{Name}-{Protocol}";
    }

    /// <param name="user">Who the two servers run as.</param>
    public static string Configuration(string user)
    {
        StringBuilder text = new();
        text.Append("""
            defaults
            {
                bind            = 127.0.0.1
                log_on_success  = HOST PID DURATION EXIT
                log_on_failure  = HOST
                instances       = 100
                per_source      = 50
                cps             = 100 5
                passenv         = PATH LANG
            }

            """);
        foreach (Entry entry in Entries)
        {
            text.Append($"service {entry.Name}\n{{\n    id = {entry.Id}\n    protocol = {entry.Protocol}\n    port = {entry.Port}\n");
            text.Append(entry.Protocol == "udp" ? "    socket_type = dgram\n    wait = yes\n" : "    socket_type = stream\n    wait = no\n");
            text.Append(entry.BuiltIn
                ? "    type = INTERNAL UNLISTED\n"
                : $"    type = UNLISTED\n    user = {user}\n    flags = NOLIBWRAP\n    server = {(entry.Name == "cat" ? "/bin/cat" : "/usr/bin/env")}\n");
            text.Append(entry.BuiltIn ? "    flags = NOLIBWRAP\n}\n\n" : "}\n\n");
        }

        return text.ToString();
    }
}
