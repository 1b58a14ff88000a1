using System;
using System.Collections.Generic;
using System.Globalization;
using Rouse.Linux;
using Rouse.Server.Control;

namespace Roused;

/// <summary>The command line of xinetd(8).</summary>
internal sealed record XinetdOptions
{
    public string ConfigurationFile { get; private set; } = "/etc/xinetd.conf";

    public string? FileLog { get; private set; }

    /// <summary>The kernel's number, already shifted; LOG_DAEMON unless -syslog says otherwise.</summary>
    public int SyslogFacility { get; private set; } = 3 << 3;

    public string? PidFile { get; private set; }

    public bool Debug { get; private set; }

    public bool DontFork { get; private set; }

    public bool StayAlive { get; private set; }

    public int? Limit { get; private set; }

    /// <summary>-logprocs: identification servers asked at the same time.</summary>
    public int LogProcs { get; private set; } = 15;

    /// <summary>-cc: 0 for no periodic check.</summary>
    public int CheckSeconds { get; private set; }

    /// <summary>-control: null where the daemon chooses, "none" for no control socket.</summary>
    public string? Control { get; private set; }

    public bool InetdCompat { get; private set; }

    public bool ShowVersion { get; private set; }

    public bool ShowHelp { get; private set; }

    public bool Demonstration { get; private set; }

    /// <summary>What an option without effect here should be told.</summary>
    public List<string> Notices { get; } = [];

    /// <summary>What is wrong with the command line; null when nothing is.</summary>
    public string? Fault { get; private set; }

    /// <summary>
    /// What -help prints behind "Usage: " and the program's name. Bytes, as they stay in the file; a string is made in memory when the
    /// program starts, whether it is printed or not.
    /// </summary>
    public static ReadOnlySpan<byte> Usage =>
        """
         [option...]
          -f FILE           read this configuration (default /etc/xinetd.conf)
          -d                debug: stay in the foreground, log everything to standard error too
          -dontfork         stay in the foreground; implies -stayalive
          -stayalive        keep running when no service is configured
          -pidfile FILE     write the daemon's process id there
          -filelog FILE     the daemon's own log goes to this file
          -syslog FACILITY  the daemon's own log goes to this facility (daemon, auth, user, local0 to local7)
          -limit N          at most N servers at a time, all services together
          -logprocs N       at most N identification servers are asked at a time (default 15)
          -cc SECONDS       check the daemon's own state so often
          -control PATH     the control socket of rouse status, reload and stop; none for no such socket
          -reuse            accepted; addresses are always used again
          -inetd_compat     also read /etc/inetd.conf
          -demonstration    run the embedded demonstration on loopback, without root
          -version          print the version and exit
          -help             print this and exit

        """u8;

    public static XinetdOptions Parse(string[] arguments)
    {
        XinetdOptions options = new();
        for (int i = 0; i < arguments.Length && options.Fault is null; i++)
        {
            string option = arguments[i];

            // The original knows one dash; two are what hands are used to today.
            string name = option.StartsWith("--", StringComparison.Ordinal) ? option[1..] : option;
            if (!TakesValue(name))
            {
                options.Set(name, "");
            }
            else if (i + 1 < arguments.Length)
            {
                options.Set(name, arguments[++i]);
            }
            else
            {
                options.Fault = $"option {option} needs a value";
            }
        }

        if (options.Fault is null && options.FileLog is not null && options._syslogGiven)
        {
            options.Fault = "-filelog and -syslog exclude each other";
        }

        return options;
    }

    private bool _syslogGiven;

    private static bool TakesValue(string name) =>
        name is "-f" or "-filelog" or "-syslog" or "-pidfile" or "-limit" or "-logprocs" or "-cc" or "-control" or "-shutdownprocs";

    private void Set(string name, string value)
    {
        switch (name)
        {
            case "-f":
                ConfigurationFile = ThisProcess.Absolute(value);
                break;
            case "-filelog":
                FileLog = ThisProcess.Absolute(value);
                break;
            case "-syslog":
                SetFacility(value);
                break;
            case "-pidfile":
                PidFile = ThisProcess.Absolute(value);
                break;
            case "-limit":
                Limit = Number(name, value, least: 1);
                break;
            case "-logprocs":
                LogProcs = Number(name, value, least: 1);
                break;
            case "-cc":
                CheckSeconds = Number(name, value, least: 1);
                break;
            case "-control":
                Control = value == ControlPath.None ? value : ThisProcess.Absolute(value);
                break;
            case "-shutdownprocs":
                Number(name, value, least: 1);
                Notices.Add("-shutdownprocs is obsolete and has no effect");
                break;
            case "-d":
                Debug = true;
                break;
            case "-dontfork":
                DontFork = true;
                StayAlive = true;
                break;
            case "-stayalive":
                StayAlive = true;
                break;
            case "-reuse":
                break;
            case "-inetd_compat":
                InetdCompat = true;
                break;
            case "-demonstration" or "-demo":
                Demonstration = true;
                break;
            case "-version":
                ShowVersion = true;
                break;
            case "-help" or "-h":
                ShowHelp = true;
                break;
            default:
                Fault = $"unknown option {name}";
                break;
        }
    }

    private int Number(string name, string value, int least)
    {
        if (int.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out int number) && number >= least)
        {
            return number;
        }

        Fault = $"option {name} needs a number of at least {least}, not '{value}'";
        return least;
    }

    private void SetFacility(string word)
    {
        _syslogGiven = true;
        string name = word.ToLowerInvariant();
        int number = name switch
        {
            "user" => 1,
            "mail" => 2,
            "daemon" => 3,
            "auth" => 4,
            "lpr" => 6,
            "news" => 7,
            "uucp" => 8,
            "authpriv" => 10,
            "ftp" => 11,
            _ when name.Length == 6 && name.StartsWith("local", StringComparison.Ordinal) && name[5] is >= '0' and <= '7' => 16 + name[5] - '0',
            _ => -1,
        };
        if (number < 0)
        {
            Fault = $"-syslog does not know the facility '{word}'";
            return;
        }

        SyslogFacility = number << 3;
    }
}
