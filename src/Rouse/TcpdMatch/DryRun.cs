using System;
using Rouse.Access.Wrappers;
using Rouse.Linux;
using Rouse.Tools.Wrappers;

namespace Rouse.Tools.TcpdMatch;

/// <summary>
/// Goes through the options of the rule that decided as if they were carried out: no command runs, but what would fail is told, and an
/// account that is not there denies, as it would then.
/// </summary>
internal sealed class DryRun(WrapperRequest request, Warnings warnings, BannerWriter write)
{
    public WrapperOutcome Conclude(in WrapperVerdict verdict)
    {
        if (verdict.Rule is not { } rule)
        {
            return verdict.Outcome;
        }

        StandardStreams.Write(StandardStreams.Error, $"matched:  {rule.Path} line {rule.LastLine}\n");
        foreach (WrapperOption option in rule.Options)
        {
            if (option.Kind == WrapperOptionKind.Bad || !IsPossible(option))
            {
                return WrapperOutcome.Denied;
            }
        }

        return verdict.Outcome;
    }

    private bool IsPossible(WrapperOption option)
    {
        string? value = option.Value;
        if (option.Kind is WrapperOptionKind.Spawn or WrapperOptionKind.Twist or WrapperOptionKind.AclExec or WrapperOptionKind.SetEnv)
        {
            // The original waits for five seconds and ends without a verdict. Differs from tcp_wrappers: D-074, see docs/differences.md.
            value = WrapperExpansion.Expand(value, request, Environment.ProcessId)?.Trim(' ', '\t', '\n', '\v', '\f', '\r');
            if (value is null)
            {
                warnings.Add($"{option.Span}: the option becomes too long with its expansions");
                return false;
            }
        }

        string name = option.Kind.ToString().ToLowerInvariant();
        StandardStreams.Write(StandardStreams.Error, value.Length == 0 ? $"option:   {name}\n" : $"option:   {name} {value}\n");
        switch (option.Kind)
        {
            case WrapperOptionKind.User:
                return HasGroup(option) && Has(Users.Find(option.User) is not null, "user", option.User, option);
            case WrapperOptionKind.Group:
                return HasGroup(option);
            case WrapperOptionKind.SetEnv:
                return HasName(value, option);
            case WrapperOptionKind.Banners:
                new BannerText(request, warnings).Write(option, write);
                return true;
            default:
                return true;
        }
    }

    private bool HasGroup(WrapperOption option) =>
        option.Group is null || Has(Users.FindGroup(option.Group) is not null, "group", option.Group, option);

    private bool Has(bool there, string kind, string name, WrapperOption option)
    {
        if (!there)
        {
            warnings.Add($"{option.Span}: there is no {kind} '{name}'");
        }

        return there;
    }

    private bool HasName(string value, WrapperOption option)
    {
        int length = value.AsSpan().IndexOfAny(" \t\r\n");
        ReadOnlySpan<char> name = length < 0 ? value : value.AsSpan(0, length);
        if (name.IsEmpty || name.Contains('='))
        {
            warnings.Add($"{option.Span}: '{name}' is no name for a variable");
            return false;
        }

        return true;
    }
}
