using System.Collections.Generic;
using Rouse.Config.Attributes;
using Rouse.Config.Diagnostics;

namespace Rouse.Config.Binding;

/// <summary>
/// What a service takes from the defaults at the moment when it is read, so that its own <c>+=</c> and <c>-=</c> lines work on it.
/// Everything else is taken when all files have been read (<see cref="DefinitionBuilder"/>).
/// </summary>
internal static class Inheritance
{
    public static void AtReading(Draft service, Draft? defaults)
    {
        if (defaults is null)
        {
            return;
        }

        service.OnlyFrom = defaults.OnlyFrom?.Share();
        service.NoAccess = defaults.NoAccess?.Share();
        service.LogOnSuccess = defaults.LogOnSuccess;
        service.LogOnFailure = defaults.LogOnFailure;
        service.PassEnv = defaults.PassEnv;
        service.Banner = defaults.Banner;
        service.BannerSuccess = defaults.BannerSuccess;
        service.BannerFail = defaults.BannerFail;
    }

    public static void WarnOfLateDefaults(Draft defaults, List<Draft> servicesBefore)
    {
        foreach (AttributeId id in (System.ReadOnlySpan<AttributeId>)[AttributeId.OnlyFrom, AttributeId.NoAccess])
        {
            Draft? uncovered = defaults.Has(id) && defaults.PlaceOf(id).File == defaults.File
                ? servicesBefore.Find(
                    service => !service.IsDisabled && !service.Has(id) && (
                        id == AttributeId.OnlyFrom ? service.OnlyFrom : service.NoAccess) is null)
                : null;
            if (uncovered is not null)
            {
                defaults.Report(
                    Codes.DefaultsTooLate,
                    Severity.Warning,
                    defaults.PlaceOf(id),
                    $"{AttributeTable.NameOf(id)} in defaults holds only for services read after it, so not for service "
                        + $"{Quoted.Of(uncovered.Name)}",
                    "Put defaults before the services and before the lines that include them.");
            }
        }
    }
}
