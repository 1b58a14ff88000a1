using Rouse.Access.Wrappers;
using Rouse.Linux;
using Rouse.Server.Hosts;
using Rouse.Tools.Wrappers;

namespace Rouse.Tools.TcpdMatch;

/// <summary>
/// tcpdmatch(8): what would become of a request. Standard output and the exit status are the original's, byte for byte; what it sends to
/// syslog, where few would look for it, goes to standard error here.
/// </summary>
internal static class TcpdMatchPersonality
{
    private const string Usage =
        "usage: tcpdmatch [-d] [-i inet_conf] daemon[@host] [user@]host\n"
        + "\t-d: use allow/deny files in current directory\n"
        + "\t-i: location of inetd.conf file\n";

    public static int Run(string[] arguments)
    {
        ShortOptions options = ShortOptions.Parse(arguments, "di:");
        if (options.Complaint is not null || options.Operands.Count != 2)
        {
            StandardStreams.Write(StandardStreams.Error, options.Complaint is null ? Usage : $"tcpdmatch: {options.Complaint}\n{Usage}");
            return 1;
        }

        bool here = false;
        string? network = null;
        foreach ((char letter, string value) in options.Given)
        {
            here |= letter == 'd';
            network = letter == 'i' ? value : network;
        }

        Split(options.Operands[0], out string daemon, out string? server);
        Split(options.Operands[1], out string host, out string? client);
        string user = client is null ? WrapperNames.Unknown : host;
        string given = daemon;
        daemon = daemon.StartsWith('/') ? daemon[(daemon.LastIndexOf('/') + 1)..] : daemon;
        if (!WrappedServices.TryRead(network, out WrappedServices? services, out string reason))
        {
            StandardStreams.Write(StandardStreams.Error, reason);
            return 1;
        }

        Warnings warnings = new();
        if (given != daemon)
        {
            warnings.Add($"{given}: the daemon's name is taken to be {daemon}");
        }

        services.WarnAbout(daemon, warnings);
        HostRules rules = here
            ? HostRules.Read(new SystemRuleFiles(), "hosts.allow", "hosts.deny")
            : HostRules.Read(new SystemRuleFiles());
        warnings.Add(rules.Diagnostics);
        return new Prediction(rules, warnings).Run(daemon, server ?? WrapperNames.Unknown, user, client ?? host) ? 0 : 1;
    }

    // At the first @ outside of brackets.
    private static void Split(string word, out string before, out string? behind)
    {
        int depth = 0;
        for (int i = 0; i < word.Length; i++)
        {
            depth += word[i] == '[' ? 1 : word[i] == ']' ? -1 : 0;
            if (word[i] == '@' && depth == 0)
            {
                before = word[..i];
                behind = word[(i + 1)..];
                return;
            }
        }

        before = word;
        behind = null;
    }
}
