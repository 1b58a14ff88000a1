using System;
using System.Collections.Generic;
using Rouse.Access.Wrappers;
using Rouse.Linux;
using Rouse.Server.Wrappers;

namespace Roused.Tcpd;

/// <summary>
/// Carries out the options of the rule that fits (hosts_options(5)), in their order and in this very process: what it becomes in the end finds
/// them done. One that cannot be carried out refuses the peer, and says why.
/// </summary>
internal sealed class TcpdOptions(LinuxSystem system, TcpdLog log, TcpdInquiry inquiry, List<string> environment)
{
    private const string Shell = "/bin/sh";

    private readonly WrapperBanners _banners = new(system, log.Faults);

    /// <summary>The last command of a rule that has a say (aclexec) said no.</summary>
    public bool CommandFailed { get; private set; }

    /// <summary>False: the peer is refused. With the option twist it does not return unless that failed.</summary>
    public bool CarryOut(WrapperRule rule)
    {
        CommandFailed = false;
        foreach (WrapperOption option in rule.Options)
        {
            if (!CarryOut(option))
            {
                return false;
            }
        }

        return true;
    }

    private bool CarryOut(WrapperOption option)
    {
        switch (option.Kind)
        {
            case WrapperOptionKind.Severity:
                log.SetSeverity(option.Number);
                return true;
            case WrapperOptionKind.Spawn or WrapperOptionKind.AclExec:
                return Run(option);
            case WrapperOptionKind.Twist:
                return Twist(option);
            case WrapperOptionKind.KeepAlive:
                system.SetKeepAlive(TcpdConnection.Socket);
                return true;
            case WrapperOptionKind.Linger:
                system.SetLinger(TcpdConnection.Socket, option.Number);
                return true;
            case WrapperOptionKind.Nice:
                return Warn(option, "nice", OwnRights.AddNice(option.Number));
            case WrapperOptionKind.Umask:
                ThisProcess.SetUmask(option.Number);
                return true;
            case WrapperOptionKind.SetEnv:
                return SetVariable(option);
            case WrapperOptionKind.User:
                return Become(option);
            case WrapperOptionKind.Group:
                return TakeGroup(option, option.Value);
            case WrapperOptionKind.Rfc931:
                inquiry.FindUser((int)Math.Min(option.Number * 1000L, int.MaxValue));
                return true;
            case WrapperOptionKind.Banners:
                ShowBanner(option);
                return true;
            default:
                // ALLOW and DENY are the verdict's; what cannot be understood has made that a refusal.
                return true;
        }
    }

    // The command has the null device for input and output, and is waited for.
    private bool Run(WrapperOption option)
    {
        if (inquiry.Expand(option.Value) is not { } command)
        {
            return TooLong(option);
        }

        SysResult nowhere = system.OpenReserve();
        using ServerImage image = new(
            new ServerSpec { Path = Shell, Arguments = ["sh", "-c", command], Environment = [.. environment], DefaultSignals = [Signal.PIPE] });
        SysResult started = nowhere.Ok ? system.Spawn(image, nowhere.Fd, default) : nowhere;
        if (nowhere.Ok)
        {
            system.Close(nowhere.Fd);
        }

        ChildExit exit = default;
        SysResult ended = started.Ok ? ChildWait.For(started.Value, out exit) : started;
        if (!ended.Ok || image.Failure.Stage != LaunchStage.None)
        {
            Errno why = ended.Ok ? image.Failure.Error : ended.Error;
            log.Faults.Error($"error: {option.Span}: the command cannot be run: {why.Describe()}");
        }

        if (option.Kind == WrapperOptionKind.AclExec)
        {
            CommandFailed = !ended.Ok || !exit.IsSuccess;
            if (CommandFailed)
            {
                log.Faults.Info("aclexec returned 1");
            }
        }

        return true;
    }

    private bool Twist(WrapperOption option)
    {
        if (inquiry.Expand(option.Value) is not { } command)
        {
            return TooLong(option);
        }

        log.Denied($"twist {inquiry.Client} to {command}");
        SysResult placed = ProgramReplacement.PutInputOnOutput();
        Errno error = placed.Ok ? ProgramReplacement.Execute(Shell, ["sh", "-c", command], environment) : placed.Error;
        return Fail(option, $"{Shell}: {error.Describe()}");
    }

    private bool SetVariable(WrapperOption option)
    {
        if (inquiry.Expand(option.Value) is not { } setting)
        {
            return TooLong(option);
        }

        if (!WrapperSetting.TryRead(setting, out string name, out string word))
        {
            return Fail(option, $"'{name}' is no name for a variable");
        }

        int at = environment.FindIndex(has => has.StartsWith(name + "=", StringComparison.Ordinal));
        if (at < 0)
        {
            environment.Add(word);
        }
        else
        {
            environment[at] = word;
        }

        return true;
    }

    // Differs from tcp_wrappers: D-081, see docs/differences.md.
    private bool Become(WrapperOption option)
    {
        if (Users.Find(option.User) is not { } user)
        {
            return Fail(option, $"unknown user: \"{option.User}\"");
        }

        if (option.Group is { } group ? !TakeGroup(option, group) : !TakeGroups(option, user.Gid, Users.GroupsOf(user.Name, user.Gid)))
        {
            return false;
        }

        SysResult set = ThisProcess.Uid == user.Uid && !ThisProcess.IsRoot ? SysResult.Success() : OwnRights.SetUser(user.Uid);
        return set.Ok || Fail(option, $"cannot become the user {option.User}: {set.Error.Describe()}");
    }

    private bool TakeGroup(WrapperOption option, string name) =>
        Users.FindGroup(name) is { } gid ? TakeGroups(option, gid, [gid]) : Fail(option, $"unknown group: \"{name}\"");

    private bool TakeGroups(WrapperOption option, uint gid, uint[] groups)
    {
        if (!ThisProcess.IsRoot && ThisProcess.Gid == gid)
        {
            // Only root can take groups; whoever has the group already needs no other.
            return true;
        }

        SysResult set = OwnRights.SetGroups(groups);
        set = set.Ok ? OwnRights.SetGroup(gid) : set;
        return set.Ok || Fail(option, $"cannot take the group {gid}: {set.Error.Describe()}");
    }

    private void ShowBanner(WrapperOption option)
    {
        if (Files.KindOf(option.Value) == FileKind.Missing)
        {
            log.Faults.Error($"warning: {option.Span}: {option.Value}: {Errno.ENOENT.Describe()}");
        }
        else if (!inquiry.IsDatagram)
        {
            inquiry.ShowBanner(_banners, option.Value);
        }
    }

    private bool TooLong(WrapperOption option) => Fail(option, "the option becomes too long with its expansions");

    private bool Warn(WrapperOption option, string what, SysResult done)
    {
        if (!done.Ok)
        {
            log.Faults.Error($"warning: {option.Span}: {what}: {done.Error.Describe()}");
        }

        return true;
    }

    private bool Fail(WrapperOption option, string why)
    {
        log.Faults.Error($"error: {option.Span}: {why}");
        return false;
    }
}
