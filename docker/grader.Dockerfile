# mlgrade alone; submissions are mounted. Build it in the root of the repository:
#   docker build -f docker/grader.Dockerfile -t mlsysim-grader .
#   docker run --rm -v "$PWD/submissions:/in:ro" -v "$PWD/out:/out" mlsysim-grader grade /in --out /out
FROM golang:1.26-bookworm AS build
COPY . /src
WORKDIR /src
ENV CGO_ENABLED=0
RUN make build

FROM debian:bookworm-slim
COPY --from=build /src/bin/mlgrade /usr/local/bin/mlgrade
RUN useradd --create-home grader
USER grader
ENTRYPOINT ["mlgrade"]
