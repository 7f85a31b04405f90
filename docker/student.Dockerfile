# JupyterLab with our kernel and GoNB, the labs and a warm build cache, on GoNB's
# image, which has Go, GoNB and JupyterLab and starts it in ${NOTEBOOKS} for the
# user jovyan. Build it in the root of the repository:
#   docker build -f docker/student.Dockerfile -t mlsysim-student .
#   docker run --rm -p 8888:8888 mlsysim-student
ARG BASE=janpfeifer/gonb_jupyterlab:latest
FROM ${BASE}

USER root
COPY --chown=${NB_UID}:${NB_GID} . /opt/golab
RUN ln -s /opt/golab/bin/mlsysim /usr/local/bin/mlsysim

# The image lacks make; these are the scripts behind our targets.
USER ${NB_UID}
WORKDIR /opt/golab
RUN .ci/build
RUN .ci/kernels ${CONDA_DIR}/share/jupyter/kernels
RUN .ci/warm
RUN grep '^jupyterlab_widgets=' .ci/requirements.txt | pip install --no-cache-dir -r /dev/stdin
RUN cp notebooks/*.ipynb notebooks/index.md ${NOTEBOOKS}/

USER root
ENV JUPYTER_CONFIG_PATH=/opt/golab/docker/jupyter
WORKDIR ${NOTEBOOKS}
