using System;
using System.Collections.Generic;
using System.Globalization;
using System.Threading;
using Rouse.Access.Wrappers;
using Rouse.Config.Diagnostics;
using Rouse.Linux;
using Rouse.Server.Hosts;

namespace Roused.Tcpd;

/// <summary>
/// tcpd(8): stands before a server that an inetd starts. It asks the rules of tcp_wrappers about the peer on descriptor 0, writes down who it
/// is, and becomes the server; or does not.
/// </summary>
internal sealed class TcpdPersonality
{
    private const string ServerFolder = "/usr/sbin";
    private const int ServersUmask = 0x12; // 022

    // A datagram's refusal ends no connection: inetd takes the next one up as soon as this process has ended, and closes a service that is
    // taken up too often.
    private const int DatagramPauseMs = 5000;

    private const int MostFaultsTold = 20;

    private readonly LinuxSystem _system = new();
    private readonly List<string> _environment = [.. ThisProcess.Environment()];
    private readonly TcpdLog _log;
    private readonly string _name;
    private readonly string _path;
    private readonly string[] _arguments;

    private TcpdPersonality(string[] line)
    {
        string given = line[0];
        _name = given.StartsWith('/') ? given[(given.LastIndexOf('/') + 1)..] : given;
        _path = given.StartsWith('/') ? given : $"{ServerFolder}/{given}";
        _arguments = [_name, .. line[1..]];
        _log = new TcpdLog(_system, _name);
    }

    /// <summary>Whether this program stands in a server's place: then its first argument is the server's name, not its own.</summary>
    public static bool IsMeant() => ProgramReplacement.ExecutedPath() is var path && path[(path.LastIndexOf('/') + 1)..] == "tcpd";

    /// <param name="line">The whole command line, the server's name or path first.</param>
    /// <returns>The exit status where nobody was served: 0, as what there is to say is in the log.</returns>
    public static int Run(string[] line)
    {
        if (line.Length == 0 || line[0].Length == 0)
        {
            // Without a name no rule can be asked for it.
            StandardStreams.Write(StandardStreams.Error, "tcpd: started without the name of a server\n");
            return 1;
        }

        return new TcpdPersonality(line).Serve();
    }

    private int Serve()
    {
        ThisProcess.SetUmask(ServersUmask);
        if (IsItself())
        {
            _log.Faults.Error($"error: {_path} is tcpd itself: name the server, or its path, as the first argument in inetd.conf");
            return 0;
        }

        if (TcpdConnection.Find(_system, out TcpdConnection connection) is var error && error != Errno.None)
        {
            _log.Faults.Error($"error: can't get client address from descriptor 0: {error.Describe()}: nothing is started");
            return 0;
        }

        TcpdInquiry inquiry = new(_system, _log.Faults, connection, _name);
        if (IsRouted(connection, inquiry) || !MayPass(inquiry))
        {
            return End(connection);
        }

        _log.Allowed($"connect from {inquiry.ClientAndAddress}");
        Errno failed = ProgramReplacement.Execute(_path, _arguments, _environment);
        _log.Faults.Error($"error: cannot execute {_path}: {failed.Describe()}");
        return End(connection);
    }

    private bool MayPass(TcpdInquiry inquiry)
    {
        HostRules rules = HostRules.Read(new SystemRuleFiles());
        TcpdOptions options = new(_system, _log, inquiry, _environment);
        WrapperVerdict verdict = inquiry.Decide(rules, null);
        Tell(rules, verdict);
        bool granted = verdict.Outcome == WrapperOutcome.Granted;
        while (verdict.Rule is { } rule)
        {
            bool done = options.CarryOut(rule);
            granted = done && verdict.Outcome == WrapperOutcome.Granted;
            if (!done || !options.CommandFailed || verdict.By is not (WrapperCause.AllowFile or WrapperCause.DenyFile))
            {
                break;
            }

            // Its command has spoken against it: the rest of the rules decide.
            verdict = inquiry.Decide(rules, rule);
            granted = verdict.Outcome == WrapperOutcome.Granted;
        }

        if (!granted)
        {
            _log.Denied($"refused connect from {inquiry.ClientAndAddress}");
        }

        return granted;
    }

    // A peer that chooses the way of the answers can pass for any host. Other options are of no use to a server.
    private bool IsRouted(in TcpdConnection connection, TcpdInquiry inquiry)
    {
        byte[] options = connection.IsIPv4Stream ? GivenSocket.IpOptions(TcpdConnection.Socket) : [];
        if (options.Length == 0)
        {
            return false;
        }

        if (TcpdConnection.HasSourceRoute(options))
        {
            _log.Denied($"refused connect from {inquiry.Client} with IP source routing options");
            return true;
        }

        string bytes = string.Concat(Array.ConvertAll(options, static option => string.Create(CultureInfo.InvariantCulture, $" {option:x2}")));
        _log.Faults.Notice($"connect from {inquiry.Client} with IP options (ignored):{bytes}");
        SysResult cleared = GivenSocket.ClearIpOptions(TcpdConnection.Socket);
        if (!cleared.Ok)
        {
            _log.Faults.Error($"error: the connection's IP options cannot be taken out: {cleared.Error.Describe()}");
        }

        return !cleared.Ok;
    }

    // Only what the decision has passed on its way: a fault behind it has had no say.
    private void Tell(HostRules rules, in WrapperVerdict verdict)
    {
        int told = 0;
        foreach (Diagnostic finding in rules.Diagnostics)
        {
            if (finding.Severity != Severity.Error || IsBehind(finding, verdict.Rule))
            {
                continue;
            }

            if (++told > MostFaultsTold)
            {
                _log.Faults.Error("there is more wrong with the rules of tcp_wrappers: tcpdchk tells all");
                return;
            }

            _log.Faults.Error(DiagnosticRenderer.RenderHeadline(finding));
        }
    }

    private static bool IsBehind(Diagnostic finding, WrapperRule? rule)
    {
        if (rule is null || finding.Span.File is not { } file)
        {
            return false;
        }

        return file.Path == rule.Path ? finding.Span.Start >= rule.Span.Start + rule.Span.Length : rule.File == WrapperFile.Allow;
    }

    // Differs from tcp_wrappers: D-079, D-080, see docs/differences.md.
    private int End(in TcpdConnection connection)
    {
        if (connection.IsDatagram)
        {
            _system.DropDatagram(TcpdConnection.Socket);
            Thread.Sleep(DatagramPauseMs);
        }

        return 0;
    }

    private bool IsItself() =>
        _name == "tcpd" && Files.RealPath(_path, out string path).Ok && Files.RealPath("/proc/self/exe", out string own).Ok && path == own;
}
