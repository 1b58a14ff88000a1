using System.Collections.Generic;
using System.Linq;
using Rouse.Access.Wrappers;
using Rouse.Config;
using Rouse.Config.Diagnostics;
using Rouse.Config.Model;
using Rouse.Server.Hosts;

namespace Rouse.Tools.Check;

/// <summary>What is wrong with hosts.allow and hosts.deny, where a service of the configuration asks them.</summary>
internal static class WrapperFindings
{
    public static Configuration AddTo(Configuration configuration)
    {
        bool isAsked = configuration.Services.Any(static service => !service.Flags.HasFlag(ServiceFlags.NoLibwrap));
        return isAsked ? configuration.With(new List<Diagnostic>(HostRules.Read(new SystemRuleFiles()).Diagnostics)) : configuration;
    }
}
