using Rouse.Config;
using Rouse.Config.Diagnostics;
using Rouse.Server.Logging;

namespace Rouse.Server.Reloading;

/// <summary>The findings of a configuration in the daemon's log, one line each, with file, line and column.</summary>
public static class ConfigurationReport
{
    public static void Write(DaemonLog log, Configuration configuration)
    {
        foreach (Diagnostic finding in configuration.Diagnostics)
        {
            string text = DiagnosticRenderer.RenderHeadline(finding);
            switch (finding.Severity)
            {
                case Severity.Error:
                    log.Error(text);
                    break;
                case Severity.Warning:
                    log.Warning(text);
                    break;
                default:
                    log.Debug(text);
                    break;
            }
        }
    }
}
