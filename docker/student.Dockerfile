# JupyterLab with GoNB and the labs. Build it in the root of the repository:
#   docker build -f docker/student.Dockerfile -t mlsysim-student .
#   docker run --rm -p 8888:8888 mlsysim-student
ARG BASE=janpfeifer/gonb_jupyterlab:latest
FROM ${BASE}

USER root
COPY --chown=1000:100 . /opt/golab
RUN pip install --no-cache-dir jupyterlab_widgets==3.0.16 # the front end of sliders
USER 1000
WORKDIR /opt/golab

# The build cache that this leaves is what makes a student's first cell fast.
RUN make kernel && go build ./...

ENV PATH=/opt/golab/bin:${PATH} JUPYTER_PATH=/opt/golab/.cache/jupyter JUPYTER_CONFIG_PATH=/opt/golab/docker/jupyter
WORKDIR /opt/golab/notebooks
CMD ["jupyter", "lab", "--ip=0.0.0.0", "--no-browser"]
