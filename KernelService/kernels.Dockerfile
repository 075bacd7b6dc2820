# What KernelService's container is built on, so that there are kernels in it: Python, and what courses most often import. Add what
# yours need, or R (r-cran-irkernel), build it, and name it when you publish:
#
#   docker build -t registry.example.edu/lyceum-kernels -f KernelService/kernels.Dockerfile KernelService
#   export LYCEUM_KERNELS_IMAGE=registry.example.edu/lyceum-kernels
#
# The SDK rather than the runtime, because the C# kernel fetches packages (#r "nuget: ...") with it.
FROM mcr.microsoft.com/dotnet/sdk:10.0

RUN apt-get update \
 && DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends \
      python3-ipykernel python3-pandas python3-matplotlib python3-scipy util-linux \
 && rm -rf /var/lib/apt/lists/*

# Who runs the service and the kernels: not root.
USER app
