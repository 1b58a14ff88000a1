using System.Collections.Generic;
using System.Linq;
using System.Net;
using Rouse.Access.Wrappers;
using Rouse.Config.Addresses;
using Rouse.Config.Text;

namespace Rouse.Access.Tests.Wrappers;

/// <summary>Files in memory, and short ways to rules and requests.</summary>
internal sealed class RuleTexts : IRuleFiles
{
    private readonly Dictionary<string, string> _files = [];
    private readonly Dictionary<string, string> _unreadable = [];

    public RuleTexts With(string path, string text)
    {
        _files[path] = text;
        return this;
    }

    public RuleTexts Unreadable(string path)
    {
        _unreadable[path] = "Permission denied";
        return this;
    }

    public RuleFileContent Read(string path) =>
        _unreadable.TryGetValue(path, out string? reason) ? RuleFileContent.Unreadable(reason)
        : _files.TryGetValue(path, out string? text) ? RuleFileContent.Found(new SourceFile(path, SourceFile.Encode(text)))
        : RuleFileContent.Absent;

    public HostRules Rules() => HostRules.Read(this, "allow", "deny");

    public static HostRules Rules(string allow, string deny = "") => new RuleTexts().With("allow", allow).With("deny", deny).Rules();

    public static IpAddress Address(string text) => IpAddress.FromBytes(IPAddress.Parse(text).GetAddressBytes());

    /// <summary>Everything is known: where no name is given, that there is none.</summary>
    public static WrapperRequest Request(
        string client, string daemon = "sshd", string? name = null, string? user = null, string? server = null, ushort? port = null) => new()
        {
            Daemon = daemon,
            Client = Address(client),
            ClientName = Name(name),
            User = Name(user),
            Server = server is null ? null : Address(server),
            ServerName = WrapperName.Unknown,
            ServerPort = port,
        };

    public static WrapperOutcome Outcome(HostRules rules, WrapperRequest request) => rules.Decide(request).Outcome;

    /// <summary>The findings as <c>file:line:column code</c>.</summary>
    public static string[] Findings(HostRules rules) => [.. rules.Diagnostics.Select(finding => $"{finding.Span} {finding.Code}")];

    private static WrapperName Name(string? name) => name switch
    {
        null => WrapperName.Unknown,
        "paranoid" => WrapperName.Paranoid,
        _ => WrapperName.Known(name),
    };
}
