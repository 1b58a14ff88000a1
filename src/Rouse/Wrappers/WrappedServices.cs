using System;
using System.Collections.Generic;
using System.Diagnostics.CodeAnalysis;
using Rouse.Config;
using Rouse.Config.Hosts;
using Rouse.Config.Model;
using Rouse.Config.Text;
using Rouse.Linux;

namespace Rouse.Tools.Wrappers;

/// <summary>What the network configuration says of a daemon: whether rules for it have an effect.</summary>
internal enum WrapStatus
{
    /// <summary>There is no such daemon.</summary>
    Missing,

    /// <summary>Perhaps: the configuration does not show it.</summary>
    Perhaps,

    /// <summary>Its server is started without asking the rules; it may ask them itself.</summary>
    Not,

    Wrapped,
}

/// <summary>
/// The daemons of this machine by their process names: the lines of inetd.conf, and the services of xinetd.conf under the names that the
/// super-server asks the rules for.
/// </summary>
internal sealed class WrappedServices
{
    public const string InetdFile = "/etc/inetd.conf";
    public const string XinetdFile = "/etc/xinetd.conf";

    // Daemons that no super-server starts, and that ask the rules themselves in at least one distribution.
    private static readonly string[] OnTheirOwn =
    [
        "sshd", "mountd", "statd", "rquotad", "sendmail", "smail", "slapd", "snmpd", "vsftpd", "stunnel", "stunnel4", "mysqld", "atftpd",
        "diald", "esound", "gdm", "gnome-session", "icecast", "icecast_admin", "icecast_client", "icecast_source", "ntop", "pptpd", "redir",
        "rlinetd", "ugidd",
    ];

    private readonly Dictionary<string, WrapStatus> _daemons = new(StringComparer.OrdinalIgnoreCase)
    {
        ["portmap"] = WrapStatus.Not,
        ["rpcbind"] = WrapStatus.Not,
    };

    private readonly List<string> _files = [];

    private WrappedServices()
    {
        foreach (string daemon in OnTheirOwn)
        {
            _daemons.Add(daemon, WrapStatus.Perhaps);
        }
    }

    /// <summary>The files read.</summary>
    public IReadOnlyList<string> Files => _files;

    // Names that a service of xinetd.conf may be looked for under, and the one that it asks the rules for.
    private readonly Dictionary<string, string> _askedAs = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>Lines of inetd.conf that end too early.</summary>
    public List<string> Incomplete { get; } = [];

    /// <summary>The lines of inetd.conf, for those who look closer.</summary>
    public List<InetdLine> Lines { get; } = [];

    /// <summary>Where the daemons come from, for messages.</summary>
    public string Source => _files.Count == 0 ? "(null)" : string.Join(" or ", _files);

    /// <summary>False with the reason and a newline where <paramref name="path"/> cannot be read.</summary>
    /// <param name="path">An inetd.conf or an xinetd.conf; null for the usual ones, as far as there are any.</param>
    /// <param name="services">What was read.</param>
    /// <param name="reason">Why not.</param>
    public static bool TryRead(string? path, [NotNullWhen(true)] out WrappedServices? services, out string reason)
    {
        services = new WrappedServices();
        reason = "";
        if (path is null)
        {
            _ = services.TryReadInetd(InetdFile, out _);
            services.ReadXinetd(XinetdFile);
            return true;
        }

        if (!services.TryReadInetd(path, out Errno error))
        {
            reason = $"open {path}: {error.Describe()}\n";
            services = null;
            return false;
        }

        return true;
    }

    public WrapStatus StatusOf(string daemon) => _daemons.GetValueOrDefault(daemon);

    /// <summary>The status of the name is known from now on, and not told again.</summary>
    public void Settle(string daemon) => _daemons[daemon] = WrapStatus.Wrapped;

    public void WarnAbout(string daemon, Warnings warnings, SourceSpan where = default)
    {
        string place = where.File is null ? "" : $"{where}: ";
        // Without any configuration nothing can be said about daemons.
        if (_files.Count == 0)
        {
            return;
        }

        switch (StatusOf(daemon))
        {
            case WrapStatus.Missing:
                warnings.Add(_askedAs.TryGetValue(daemon, out string? name)
                    ? $"{place}{daemon}: the service asks under the name {name}"
                    : $"{place}{daemon}: no such process name in {Source}");
                break;
            case WrapStatus.Not:
                warnings.Add($"{place}{daemon}: service possibly not wrapped");
                break;
            default:
                break;
        }
    }

    private bool TryReadInetd(string path, out Errno error)
    {
        SysResult read = Rouse.Linux.Files.Read(path, out byte[] bytes);
        error = read.Error;
        if (!read.Ok)
        {
            return false;
        }

        SourceFile file = new(path, bytes);
        if (IsXinetd(file))
        {
            ReadXinetd(path);
            return true;
        }

        _files.Add(path);
        for (int number = 1; number <= file.LineCount; number++)
        {
            if (InetdLine.TryRead(file, number, out InetdLine? line))
            {
                Lines.Add(line);
                _daemons[line.Daemon] = line.Status;
            }
            else if (InetdLine.IsIncomplete(file, number))
            {
                Incomplete.Add($"{path}:{number}: incomplete line");
            }
        }

        return true;
    }

    // Its first word says so.
    private static bool IsXinetd(SourceFile file)
    {
        for (int number = 1; number <= file.LineCount; number++)
        {
            string line = SourceFile.Decode(file.Line(number)).Trim();
            if (line.Length > 0 && line[0] != '#')
            {
                string[] words = line.Split([' ', '\t'], StringSplitOptions.RemoveEmptyEntries);
                return words[0] is "service" or "defaults" or "include" or "includedir" && words.Length <= 3;
            }
        }

        return false;
    }

    private void ReadXinetd(string path)
    {
        IConfigHost host = ThisHost.Open();
        if (host.KindOf(path) != PathKind.Regular)
        {
            return;
        }

        Configuration configuration = ConfigurationLoader.Load(path, host, new LoadOptions());
        _files.Add(path);
        foreach (ServiceDefinition service in configuration.Services)
        {
            WrapStatus status = service.Flags.HasFlag(ServiceFlags.NoLibwrap) ? WrapStatus.Not : WrapStatus.Wrapped;
            string asked = AskedName(service);
            _daemons[asked] = status;
            _askedAs.TryAdd(service.Id, asked);
            _askedAs.TryAdd(service.Name, asked);
            if (service.Server.Length > 0)
            {
                _askedAs.TryAdd(InetdLine.BaseName(service.Server), asked);
            }
        }

        // Their servers are not known, but rules for them are none for nobody.
        foreach (BrokenService broken in configuration.Broken)
        {
            _daemons.TryAdd(broken.Name, WrapStatus.Perhaps);
            _daemons.TryAdd(broken.Id, WrapStatus.Perhaps);
        }

        foreach (DisabledService disabled in configuration.Disabled)
        {
            _daemons.TryAdd(disabled.Name, WrapStatus.Perhaps);
            _daemons.TryAdd(disabled.Id, WrapStatus.Perhaps);
        }
    }

    // As xinetd asks: by libwrap, by the server's name; a redirected service by its own name, an internal one by its id.
    private static string AskedName(ServiceDefinition service)
    {
        if (service.Libwrap.Length > 0)
        {
            return service.Libwrap;
        }

        if (service.Redirect is not null)
        {
            return service.Name;
        }

        if (service.Flags.HasFlag(ServiceFlags.NameInArgs) && service.Arguments.Length > 0)
        {
            return InetdLine.BaseName(service.Arguments[0]);
        }

        return service.Server.Length > 0 ? InetdLine.BaseName(service.Server) : service.Id;
    }
}
