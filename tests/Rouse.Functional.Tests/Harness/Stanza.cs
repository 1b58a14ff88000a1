using System.Collections.Generic;
using System.Linq;

namespace Rouse.Harness;

/// <summary>Configuration text. Every service is bound to loopback and unlisted, unless a line of the test says otherwise.</summary>
internal static class Stanza
{
    public static string Defaults(params string[] lines) => Entry("defaults", lines);

    /// <summary>A TCP service of its own port.</summary>
    public static string Stream(string name, int port, params string[] lines) =>
        Entry("service " + name, WithUsual("stream", "tcp", port, "no", lines));

    /// <summary>A UDP service of its own port, answered by one server at a time.</summary>
    public static string Datagram(string name, int port, params string[] lines) =>
        Entry("service " + name, WithUsual("dgram", "udp", port, "yes", lines));

    /// <summary>One of the built-in services.</summary>
    public static string BuiltIn(string name, int port, string socketType, params string[] lines) =>
        Entry(
            "service " + name,
            WithUsual(
                socketType,
                socketType == "stream" ? "tcp" : "udp",
                port,
                socketType == "stream" ? "no" : "yes",
                ["type = INTERNAL UNLISTED", .. lines.Any(line => Name(line) == "id") ? [] : new[] { $"id = {name}-{socketType}" }, .. lines]));

    public static string Entry(string head, IEnumerable<string> lines) =>
        head + "\n{\n" + string.Concat(lines.Select(line => "    " + line + "\n")) + "}\n";

    private static IEnumerable<string> WithUsual(string socketType, string protocol, int port, string wait, string[] lines)
    {
        string[] usual =
        [
            "type = UNLISTED", $"socket_type = {socketType}", $"protocol = {protocol}", $"port = {port}", $"wait = {wait}",
            "bind = 127.0.0.1", "user = root",
        ];
        string[] given = [.. lines.Select(Name)];
        return usual.Where(line => !given.Contains(Name(line))).Concat(lines);
    }

    private static string Name(string line) => line.Split(' ', 2)[0];
}
