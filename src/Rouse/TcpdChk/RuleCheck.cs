using System.Collections.Immutable;
using System.Linq;
using Rouse.Access.Wrappers;
using Rouse.Config.Text;
using Rouse.Linux;
using Rouse.Tools.Wrappers;

namespace Rouse.Tools.TcpdChk;

/// <summary>Checks what the rules' words stand for on this machine: daemons, hosts, accounts, directories.</summary>
internal sealed class RuleCheck(WrappedServices services, HostCheck hosts, Warnings warnings, bool wantsAllow)
{
    /// <summary>What a request that fits ends in, if no command stands in the way; an account that is not there denies.</summary>
    public bool Conclude(WrapperRule rule) =>
        rule.Options.All(HasAccounts)
        && (rule.Outcome == WrapperOutcome.Granted || (rule.Outcome == WrapperOutcome.Twisted && rule.File == WrapperFile.Allow));

    public void Run(WrapperRule rule, ImmutableArray<WrapperWord> daemons, ImmutableArray<WrapperWord> clients)
    {
        foreach (WrapperWord word in daemons)
        {
            word.Split(out string daemon, out string? server);
            if (word.IsExcept)
            {
                continue;
            }

            CheckDaemon(daemon, word.Span);
            if (server is not null && hosts.Check(server, word.Span) > 1)
            {
                warnings.Add($"{word.Span}: host {server} has more than one address (consider using an address instead)");
            }
        }

        foreach (WrapperWord word in clients)
        {
            word.Split(out string name, out string? host);
            if (word.IsExcept)
            {
                continue;
            }

            if (host is not null)
            {
                CheckName(name, "user name", word.Span);
            }
            else
            {
                TellOfFail(name, word.Span);
            }

            hosts.Check(host ?? word.Text, word.Span);
        }

        CheckOptions(rule);
    }

    private static bool HasAccounts(WrapperOption option) => MissingAccount(option) is null;

    private static string? MissingAccount(WrapperOption option) =>
        option.Group is not null && Users.FindGroup(option.Group) is null ? $"there is no group '{option.Group}'"
        : option.Kind == WrapperOptionKind.User && Users.Find(option.User) is null ? $"there is no user '{option.User}'"
        : null;

    private void CheckDaemon(string daemon, SourceSpan span)
    {
        bool isPlain = CheckName(daemon, "daemon name", span);
        if (!isPlain || daemon.Contains('*') || daemon.Contains('?') || daemon.All(char.IsAsciiDigit))
        {
            return;
        }

        if (HostCheck.IsReserved(daemon))
        {
            if (!WrapperNames.Is(daemon, "ALL") && !WrapperNames.Is(daemon, WrapperNames.Unknown))
            {
                warnings.Add($"{span}: {daemon}: daemon name may be reserved word");
            }

            return;
        }

        services.WarnAbout(daemon, warnings, span);
        services.Settle(daemon);
    }

    // False where the name is a pattern, or one that had a meaning long ago.
    private bool CheckName(string name, string kind, SourceSpan span)
    {
        if (TellOfFail(name, span))
        {
            return false;
        }

        string? trouble = name.Length == 0 ? "is empty" : name[0] switch
        {
            '@' => "begins with \"@\"",
            '/' => "begins with \"/\"",
            '.' => "begins with dot",
            _ => name[^1] == '.' ? "ends in dot" : null,
        };
        if (trouble is not null)
        {
            warnings.Add($"{span}: {name}: {kind} {trouble}");
        }

        return trouble is null;
    }

    private bool TellOfFail(string word, SourceSpan span)
    {
        bool isFail = WrapperNames.Is(word, "FAIL");
        if (isFail)
        {
            warnings.Add($"{span}: FAIL is no longer recognized (use EXCEPT or DENY instead)");
        }

        return isFail;
    }

    private void CheckOptions(WrapperRule rule)
    {
        foreach (WrapperOption option in rule.Options)
        {
            if (MissingAccount(option) is { } missing)
            {
                warnings.Add($"{option.Span}: {missing}: the rule denies whomever it fits");
            }

            if (option.Kind == WrapperOptionKind.Banners && Files.KindOf(option.Value) != FileKind.Directory)
            {
                warnings.Add($"{option.Span}: there is no directory {option.Value}");
            }
        }

        if (wantsAllow && rule.Cause == WrapperCause.AllowFile)
        {
            warnings.Add($"{rule.Span}: implicit \"allow\" at end of rule");
        }
    }
}
