using System.Collections.Generic;
using System.Collections.Immutable;
using Rouse.Access.Wrappers;
using Rouse.Linux;
using Rouse.Server.Hosts;
using Rouse.Tools.Wrappers;

namespace Rouse.Tools.TcpdChk;

/// <summary>
/// tcpdchk(8): what is wrong, or may be, with the rules and with the network configuration that they are for. Standard output is the
/// original's; what it sends to syslog goes to standard error here.
/// </summary>
internal static class TcpdChkPersonality
{
    private const string Usage =
        "usage: tcpdchk [-a] [-d] [-i inet_conf] [-v]\n"
        + "\t-a: report rules with implicit \"ALLOW\" at end\n"
        + "\t-d: use allow/deny files in current directory\n"
        + "\t-i: location of inetd.conf file\n"
        + "\t-v: list all rules\n";

    public static int Run(string[] arguments)
    {
        ShortOptions options = ShortOptions.Parse(arguments, "adi:v");
        if (options.Complaint is not null || options.Operands.Count > 0)
        {
            StandardStreams.Write(StandardStreams.Error, options.Complaint is null ? Usage : $"tcpdchk: {options.Complaint}\n{Usage}");
            return 1;
        }

        string letters = "";
        string? network = null;
        foreach ((char letter, string value) in options.Given)
        {
            letters += letter;
            network = letter == 'i' ? value : network;
        }

        if (!WrappedServices.TryRead(network, out WrappedServices? services, out string reason))
        {
            StandardStreams.Write(StandardStreams.Error, reason);
            return 1;
        }

        if (letters.Contains('v'))
        {
            StandardStreams.Write(StandardStreams.Output, $"Using network configuration file: {services.Source}\n");
        }

        string folder = letters.Contains('d') ? "" : "/etc/";
        Check($"{folder}hosts.allow", $"{folder}hosts.deny", services, letters.Contains('v'), letters.Contains('a'));
        return 0;
    }

    private static void Check(string allow, string deny, WrappedServices services, bool isVerbose, bool wantsAllow)
    {
        Warnings warnings = new();
        PathCheck paths = new(warnings);
        new NetworkCheck(services, paths, warnings).Run();
        paths.Check(allow);
        paths.Check(deny);
        HostRules rules = HostRules.Read(new SystemRuleFiles(), allow, deny);
        warnings.Add(rules.Diagnostics);
        HostCheck hosts = new(warnings);
        RuleCheck check = new(services, hosts, warnings, wantsAllow);
        foreach (WrapperRule rule in rules.Rules)
        {
            (ImmutableArray<WrapperWord> Daemons, ImmutableArray<WrapperWord> Clients) words = rule.Words();
            if (isVerbose && !words.Daemons.IsDefault && !rule.IsBroken)
            {
                Show(rule, words.Daemons, words.Clients, check.Conclude(rule));
            }

            check.Run(rule, words.Daemons, words.Clients);
        }

        for (int i = 2; i < rules.Dependencies.Length; i++)
        {
            hosts.CheckList(rules.Dependencies[i]);
        }
    }

    private static void Show(WrapperRule rule, ImmutableArray<WrapperWord> daemons, ImmutableArray<WrapperWord> clients, bool isGranted) =>
        StandardStreams.Write(
            StandardStreams.Output,
            $"\n>>> Rule {rule.Path} line {rule.LastLine}:\ndaemons:  {Join(daemons)}\nclients:  {Join(clients)}\n"
            + $"access:   {(isGranted ? "granted" : "denied")}\n");

    private static string Join(ImmutableArray<WrapperWord> words)
    {
        List<string> texts = [];
        foreach (WrapperWord word in words)
        {
            texts.Add(word.Text);
        }

        return string.Join(' ', texts);
    }
}
